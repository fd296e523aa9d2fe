"""Bugs to plant: each undoes one rule of docs/kernel.md while the simulation runs, and must be caught.

Nothing in `shared/` knows of them.
"""

from tests.simulation.plants import hearing, remembering, saying, writing
from tests.simulation.plants.planting import PLANTS

__all__ = ["PLANTS", "hearing", "remembering", "saying", "writing"]
