"""Whatever order, however often, with how short a memory: the registry ends in the same state."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as some

from services.registry.domain import residents as people
from services.registry.domain import rounds as rules
from services.registry.domain.homes import keepers, last_seen, mark
from services.registry.domain.people import absence, held
from services.registry.store import households, residents, round_targets
from shared.events.inspection import VisitVoided
from shared.events.registry import VisitDue, VisitWithdrawn
from tests.registry.city import OTHER, City
from tests.registry.test_visits import voided

HOMES = ("household-1", "household-2", "household-3")
PEOPLE = ("resident-li", "resident-zhao", "resident-sun")
step = some.one_of(
    some.tuples(some.just("tag"), some.sampled_from(PEOPLE), some.sampled_from(("C06", "C07", "C10", "C11", "C01"))),
    some.tuples(some.just("untag"), some.sampled_from(PEOPLE), some.sampled_from(("C06", "C07", "C10", "C11"))),
    some.tuples(some.just("fact"), some.sampled_from(PEOPLE), some.sampled_from(("hospitalised", "away"))),
    some.tuples(some.just("end"), some.sampled_from(PEOPLE), some.sampled_from(("hospitalised", "away"))),
    some.tuples(some.just("move"), some.sampled_from(PEOPLE), some.sampled_from(HOMES)),
    some.tuples(some.just("visit"), some.sampled_from(HOMES), some.booleans()),
    some.tuples(some.just("void"), some.integers(0, 3), some.just(None)),
    some.tuples(some.just("days"), some.integers(1, 9), some.just(None)),
    some.tuples(some.just("round"), some.sampled_from(("start", "finish")), some.just(None)),
)


class Story:
    """The same things happen in a reliable city and in one where messages come late, twice and shuffled."""

    def __init__(self, seed: int | None) -> None:
        self.city = City(seed=seed)
        self.seen: list[Any] = []
        self.day = 2
        for number in "123":
            self.city.home(number, OTHER if number == "3" else "420303004001003")
        for name, home in zip(PEOPLE, (HOMES[0], HOMES[0], HOMES[1]), strict=True):
            self.city.person(name.removeprefix("resident-"), home, "C06")
        self.drive = self.city.draft("C06", ends="2026-03-01")
        self.city.settle()

    def tell(self, kind: str, what: Any, how: Any) -> None:
        city = self.city
        if kind == "tag":
            city.of(what, people.tag, how, "2026-01-05", "manual")
        elif kind == "untag":
            city.of(what, people.untag, how, "over")
        elif kind == "fact":
            city.of(what, people.record, how, city.today)
        elif kind == "end":
            city.of(what, people.end, how, city.today)
        elif kind == "move":
            city.moves(what, how)
        elif kind == "visit":
            self._visit(what, how)
        elif kind == "void" and what < len(self.seen):
            city.inspection(voided(self.seen[what], city), sequence=2)
        elif kind == "days":
            self.day += what
            city.until(f"2026-{2 + self.day // 28:02d}-{1 + self.day % 28:02d}", 10)
        elif kind == "round":
            city.round(self.drive, getattr(rules, what))

    def _visit(self, home: str, names_its_dues: bool) -> None:
        here = [each.resident for each in self.city.state(households, home).members if each.here]
        self.seen.append(self.city.visit(home, *here, dues=None if names_its_dues else []))

    def ends(self) -> dict[str, Any]:
        """What people can see of it."""
        city = self.city
        found: dict[str, Any] = {}
        for person in city.all(residents):
            plan = person.plan
            found[person.id] = (person.household, person.area, held(person), absence(person), plan)
        for home in city.all(households):
            dues = [(d.id, d.start, mark(home, d, city.today)) for d in home.dues]
            found[home.id] = (
                [(m.resident, m.tier, m.paused, m.absent) for m in home.members if m.here],
                home.left_alone,
                sorted(due for due in dues if due[2] != "withdrawn"),
                [(visit.id, visit.counts) for visit in home.visits],
                {person: last_seen(home, person) for person in PEOPLE},
            )
        return found | {target.id: city.marks(target.round)[target.household] for target in city.all(round_targets)}


@settings(max_examples=120, deadline=None)
@given(steps=some.lists(step, max_size=14), seed=some.integers(0, 10_000))
def test_messages_that_are_late_doubled_shuffled_and_forgotten_change_nothing(steps, seed):
    reliable, unreliable = Story(None), Story(seed)
    for each in steps:
        reliable.tell(*each)
        unreliable.tell(*each)
    assert unreliable.ends() == reliable.ends()


@settings(max_examples=60, deadline=None)
@given(steps=some.lists(step, max_size=10))
def test_hearing_the_whole_past_again_changes_nothing(steps):
    story = Story(None)
    for each in steps:
        story.tell(*each)
    before = story.ends()
    story.city.replay()
    assert story.ends() == before


@settings(max_examples=120, deadline=None)
@given(steps=some.lists(step, max_size=14), seed=some.integers(0, 10_000))
def test_what_the_world_was_told_is_what_is_due(steps, seed):
    """A hearer who folds visit-due and visit-withdrawn knows exactly what nobody has visited yet."""
    story = Story(seed)
    for each in steps:
        story.tell(*each)
    told: dict[tuple[str, str], str] = {}
    for event in story.city.said:
        if isinstance(event, VisitDue):
            told |= {(event.household_id, due): "due" for due in event.due_ids}
        elif isinstance(event, VisitWithdrawn):
            told |= {(event.household_id, due): event.reason for due in event.due_ids}
    for home in story.city.all(households):
        for due in home.dues:
            standing = mark(home, due, story.city.today)
            heard = told.get((home.id, due.id))
            if standing == "open":
                assert heard == "due" or visited_today(home, story.city.today), due
            elif standing == "withdrawn":
                assert heard not in ("due", "kept"), due
            elif standing == "kept" and heard == "due":
                assert any(due.id in visit.due_ids for visit in keepers(home, due)), due


def visited_today(home: Any, day: str) -> bool:
    return any(visit.counts and visit.day == day for visit in home.visits)


@settings(max_examples=60, deadline=None)
@given(order=some.permutations(range(6)), seed=some.integers(0, 1000))
def test_visits_heard_in_any_order_keep_the_same_days(order, seed):
    city = City(seed=seed)
    home = city.home("1")
    wang = city.person("wang", home, "C10")
    city.settle()
    city.until("2026-02-06", 10)
    visits = [city_visit(city, home, wang, day) for day in ("2026-02-02", "2026-02-03", "2026-02-05")]
    words = [(visit, 1) for visit in visits] + [(voided(visits[0], city), 2), (visits[1], 1), (visits[0], 1)]
    for place in order:
        said, sequence = words[place]
        city.forgetful().inspection(said, sequence=sequence)
    assert isinstance(words[3][0], VisitVoided)
    assert city.ledger(home, wang) == {
        "2026-02-02": "missed",
        "2026-02-03": "kept",
        "2026-02-04": "missed",
        "2026-02-05": "kept",
        "2026-02-06": "open",
    }
    assert last_seen(city.state(households, home), wang) == "2026-02-05"


def city_visit(city: City, home: str, resident: str, day: str) -> Any:
    """A visit as inspection would state it, not heard yet."""
    spare = City(at=city.clock.moment)
    spare.home("1")
    spare.visits = int(day[-2:])
    return spare.visit(home, resident, day=day, dues=[f"due-plan-{resident}-1-daily-{day}"])
