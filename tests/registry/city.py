"""A small city for the registry's tests. Its people are invented."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from services.registry.domain import households as homes
from services.registry.domain import residents as people
from services.registry.domain.homes import Household, mark
from services.registry.domain.people import Care, Resident
from services.registry.domain.rounds import Round
from services.registry.domain.targets import mark as target_mark
from services.registry.handlers import on
from services.registry.store import households, residents, round_targets, rounds
from shared.decision import Decision
from shared.events.inspection import VisitCompleted, VisitCorrected, VisitFailed, VisitVoided
from shared.events.registry import VisitDue
from shared.places import Known, Places, places
from shared.testing.scenario import START
from tests.registry.living import Living

GRID = "420303004001003"
COMMUNITY = GRID[:12]
OTHER = "420303004010001"


class City(Living):
    """Homes and people of two communities, and what befalls them."""

    def __init__(self, at: datetime = START, seed: int | None = None) -> None:
        super().__init__(on, (households, residents, round_targets, rounds, places), at, seed)
        self.visits = self.rounds = 0
        areas = {code: Known(name=name) for code, name in ((COMMUNITY, "六堰社区"), (OTHER[:12], "熊家湾社区"))}
        city = Places(code="4203", areas={"4203": Known(name="十堰市")})
        self.does(places.begin("places-4203", lambda: Decision(city)))
        self.does(places.begin("places-420303", lambda: Decision(Places(code="420303", areas=areas))))

    # -- what people do ------------------------------------------------------------------------------

    def home(self, name: str, area: str = GRID) -> str:
        id = f"household-{name}"
        fresh = Household(id=id, area=area, label=f"{name}号楼", registered_at=self.clock.now())
        self.does(households.begin(id, partial(homes.register, fresh)))
        return id

    def person(self, name: str, home: str, *care: str, born: int | None = 1950) -> str:
        id = f"resident-{name}"
        lives = self.state(households, home)
        fresh = Resident(
            id=id,
            household=home,
            area=lives.area,
            label=f"{name[:1]}*",
            name="sealed:k1:x",
            birth_year=born,
            registered_at=self.clock.now(),
            care=tuple(Care(category=code, since="2026-01-01", origin="manual") for code in care),
        )
        self.does(residents.begin(id, partial(people.register, fresh, self.clock.now())))
        return id

    def of(self, resident: str, rule: Any, *args: Any, **known: Any) -> "City":
        """One rule on one resident, then whatever follows from it."""
        self.does(residents.change(resident, partial(_last_now, rule, args, known, self.clock.now())))
        if self.refused is None:
            self.settle()
        return self

    def hospital(self, resident: str) -> "City":
        return self.of(resident, people.record, "hospitalised", self.today)

    def discharge(self, resident: str) -> "City":
        return self.of(resident, people.end, "hospitalised", self.today)

    def moves(self, resident: str, home: str) -> "City":
        to = self.state(households, home)

        def rule(known: Resident, now: datetime) -> Decision[Resident]:
            return people.move(known, known.but(household=to.id, area=to.area, zones=to.zones), now)

        return self.of(resident, rule)

    def visit(
        self, home: str, *residents_seen: str, dues: Sequence[str] | None = None, day: str = ""
    ) -> VisitCompleted:
        """A worker was there and names what is due there (or `dues`)."""
        self.visits += 1
        now = self.clock.now()
        said = VisitCompleted(
            visit_id=f"visit-{self.visits}",
            household_id=home,
            area=GRID,
            day=day or self.today,
            due_ids=list(self.due_at(home) if dues is None else dues),
            by="W0001",
            residents=list(residents_seen),
            arrived_at=now,
            left_at=now,
            at=now,
        )
        self.inspection(said)
        return said

    def inspection(
        self, *said: VisitCompleted | VisitFailed | VisitCorrected | VisitVoided, sequence: int = 1
    ) -> "City":
        self.fresh = []
        envelopes = [self.envelope(each, each.visit_id, sequence) for each in said]
        self.waiting += envelopes
        self.told += envelopes
        return self.settle()

    # -- what can be seen ----------------------------------------------------------------------------

    def due_at(self, home: str) -> list[str]:
        """What somebody must come for today, as the world was told."""
        state = self.state(households, home)
        return [due.id for due in state.dues if due.told == "due" and mark(state, due, self.today) == "open"]

    def ledger(self, home: str, resident: str) -> dict[str, str]:
        state = self.state(households, home)
        daily = [due for due in state.dues if due.tier == "daily" and due.residents == (resident,)]
        return {due.start: mark(state, due, self.today) for due in daily}

    def draft(self, *categories: str, ends: str = "2026-02-08", area: str = COMMUNITY) -> str:
        self.rounds += 1
        id = f"round-{self.rounds}"
        fresh = Round(
            id=id,
            area=area,
            name="取暖入户排查",
            categories=categories,
            checklists=("heating",),
            ends=ends,
            by="W0009",
            created_at=self.clock.now(),
        )
        self.does(rounds.begin(id, lambda: Decision(fresh)))
        return id

    def round(self, id: str, rule: Any, *args: Any) -> "City":
        self.does(rounds.change(id, partial(_last_now, rule, args, {}, self.clock.now())))
        return self if self.refused is not None else self.settle()

    def marks(self, round_id: str) -> dict[str, str]:
        return {each.household: target_mark(each) for each in self.all(round_targets) if each.round == round_id}

    def calls(self) -> list[VisitDue]:
        return [event for event in self.fresh if isinstance(event, VisitDue)]


def _last_now(rule: Any, args: tuple[Any, ...], known: dict[str, Any], now: datetime, state: Any) -> Any:
    return rule(state, *args, now=now, **known)
