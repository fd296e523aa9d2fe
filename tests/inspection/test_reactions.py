"""Every reaction survives repetition and reordering, also when nearly all causes are forgotten."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.inspection import handlers
from services.inspection.store import dues, hazards, households
from shared.event import Event
from shared.events.inspection import HazardMerged, HazardSeen, VisitCompleted, VisitFailed
from shared.events.registry import AreaNamed, AreasDefined, HouseholdChanged
from shared.places import places
from shared.testing.scenario import START, Scenario, Told
from tests.inspection.door import AREA, HOME, STORES, due, home, withdrawn


def seen(visit: str, number: int, **more: Any) -> HazardSeen:
    return HazardSeen(hazard_id=f"{visit}-h{number}", code="GAS-01", level="II", place="3号楼", **more)


def completed(id: str, *found: HazardSeen, minutes: int = 0) -> VisitCompleted:
    return VisitCompleted(
        visit_id=id,
        household_id=HOME,
        area=AREA,
        day="2026-02-02",
        by="W0001",
        arrived_at=START,
        left_at=START,
        hazards=[each.reopens or each.hazard_id for each in found],
        found=list(found),
        at=START.replace(minute=minutes),
    )


FIRST = completed(
    "visit-1",
    seen("visit-1", 1, disposition="fixed", evidence="photo-1"),
    seen("visit-1", 2, disposition="ordered", owner="W0002", due_at=START.replace(day=9)),
    seen("visit-1", 3),
)
FAILED = VisitFailed(
    visit_id="visit-2",
    household_id=HOME,
    area=AREA,
    day="2026-02-02",
    by="W0001",
    outcome="no_answer",
    found=[seen("visit-2", 1)],
    at=START,
)
MERGED = HazardMerged(
    hazard_id="visit-2-h1", area=AREA, level="II", code="GAS-01", into="visit-1-h3", found_by="W0007", at=START
)
AGAIN = completed("visit-3", seen("visit-3", 1, reopens="visit-1-h1"), minutes=30)
MOVED = HouseholdChanged(household_id=HOME, area="420303003002", label="9号楼", at=START)
RENAMED = AreasDefined(area="420303", areas=[AreaNamed(code=AREA, name="周家沟")], at=START)
FACTS: list[Event | Told] = [
    FIRST,
    FAILED,
    home(),
    Told(MOVED, HOME, 2),
    due("due-1", sequence=3),
    withdrawn("due-1", sequence=4),
    Told(RENAMED, "places-420303", 2),
]


def heard(facts: list[Event | Told], later: list[Event | Told], forgetful: bool) -> dict[str, Any]:
    scenario = Scenario(handlers.on, *STORES)
    for told in [*facts, *later]:
        scenario.when(told)
        if forgetful:
            scenario.forgetful()
    said = sorted(f"{event.type()} {event.model_dump_json()}" for event in scenario.said)
    states = {store.name: sorted(repr(each) for each in scenario.all(store)) for store in STORES}
    return {"said": said, **states}


@settings(max_examples=80, deadline=None)
@given(st.permutations(FACTS), st.lists(st.sampled_from(FACTS), max_size=6), st.booleans())
def test_facts_repeated_and_shuffled_add_up_to_the_same(order: list, repeats: list, forgetful: bool) -> None:
    """What is about a hazard that stands (a merge, a recurrence) comes after it: Kafka keeps it early."""
    mixed = [*order, *repeats]
    assert heard(mixed, [MERGED, AGAIN, MERGED, AGAIN], forgetful) == heard(FACTS, [AGAIN, MERGED], False)


def test_what_is_about_a_hazard_not_heard_of_yet_is_early_and_not_lost() -> None:
    scenario = Scenario(handlers.on, *STORES)
    scenario.when(MERGED)
    assert scenario.all(hazards) == []
    scenario.when(FIRST).when(MERGED)
    assert scenario.state(hazards, "visit-1-h3").absorbed == ("visit-2-h1",)
    assert scenario.state(hazards, "visit-1-h3").finders == ("W0001", "W0007")


def test_a_batch_says_what_one_by_one_would() -> None:
    one_by_one, together = Scenario(handlers.on, *STORES), Scenario(handlers.on, *STORES)
    for told in FACTS:
        one_by_one.when(told)
    together.when(*FACTS)
    for store in (hazards, households, dues, places):
        assert sorted(map(repr, together.all(store))) == sorted(map(repr, one_by_one.all(store)))
