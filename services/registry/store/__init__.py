"""The registry's documents: households, residents, rounds and their targets, and how they are found."""

from services.registry.store.drives import MOST_COUNTED, counted, round_targets, rounds
from services.registry.store.registers import households, in_ledger, residents, standing

__all__ = ["MOST_COUNTED", "counted", "households", "in_ledger", "residents", "round_targets", "rounds", "standing"]
