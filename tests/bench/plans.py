"""What a page's plan examines: read from the store's own explanation."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Plan:
    stages: frozenset[str]
    examined: int
    returned: int

    @property
    def sound(self) -> bool:
        return "IXSCAN" in self.stages and not self.stages & {"SORT", "COLLSCAN"}

    @property
    def wasted(self) -> float:
        return self.examined / self.returned if self.returned else float(self.examined)


def stages(plan: Mapping[str, Any]) -> Iterator[str]:
    """Every step of a winning plan; a shape that is not known shows as an unsound plan."""
    if "stage" in plan:
        yield str(plan["stage"])
    for value in plan.values():
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, Mapping):
                yield from stages(inner)


async def explained(collection: Any, where: dict[str, Any], order: str, limit: int) -> Plan:
    """Of the page as the desk asks for it; only the winning plan is run."""
    asked = {"find": collection.name, "filter": where, "sort": {order: 1}, "limit": limit + 1}
    told = await collection.database.command({"explain": asked, "verbosity": "executionStats"})
    ran = told["executionStats"]
    winner = frozenset(stages(told["queryPlanner"]["winningPlan"]))
    return Plan(winner, int(ran["totalKeysExamined"]), int(ran["nReturned"]))
