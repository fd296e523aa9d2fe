"""The registry's documents: households, residents, rounds and their targets, and how they are found."""

from services.registry.store.registers import households, residents, standing
from services.registry.store.drives import MOST_COUNTED, counted, round_targets, rounds

__all__ = ["MOST_COUNTED", "counted", "households", "residents", "round_targets", "rounds", "standing"]
