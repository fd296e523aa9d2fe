"""The operator's page and the operator's commands, over the services' own routes."""

from io import StringIO

import pytest
from rich.console import Console, RenderableType

from deploy.tools import live, ops, parked
from deploy.tools.ask import City, Unanswered
from shared.ops import Health
from shared.parked import Record
from shared.testing.scenario import run
from tests.tools.town import NOWHERE, Town

RECORD = Record("nuanxin.inspection", 3, 17, b"hazard-1", b"{not json", (("ce_type", b"hazard-found"),))
ID = "nuanxin.dispatch/nuanxin.inspection/3/17"


def lines(city: City) -> dict[str, str]:
    console = Console(width=100, record=True, file=StringIO(), highlight=False)
    with city:
        console.print(ops.look(city)[0])
    return {line.split()[0]: line for line in console.export_text().splitlines() if line.strip()}


@pytest.fixture
def laid_aside(town: Town) -> Town:
    lying = town.served["dispatch"].app.state.parked
    lying._group = "nuanxin.dispatch"
    run(lying.park(RECORD, "unreadable", "no JSON"))
    return town


def test_a_service_that_is_well_says_so_and_what_is_unknown_is_not_nothing(town: Town) -> None:
    found = lines(town.city())
    assert "all ready" in found["Nuanxin"]
    assert found["dispatch"].split()[1:3] == ["yes", "unknown"]


def test_lag_that_is_known_is_shown(town: Town) -> None:
    town.served["dispatch"].app.state.health = lambda: Health(store=True, kafka=True, lag=4)
    assert lines(town.city())["dispatch"].split()[1:3] == ["yes", "4"]


def test_why_a_service_is_not_ready_is_said_in_its_own_words(town: Town) -> None:
    town.served["dispatch"].app.state.health = lambda: Health(store=False, halted="a gap in the log")
    found = lines(town.city())
    assert "1 of 3 not ready" in found["Nuanxin"]
    assert found["dispatch:"].strip() == "dispatch: the document store is away; halted: a gap in the log"
    assert "kafka" in found


def test_a_service_that_is_gone_is_told_from_one_that_is_well(town: Town) -> None:
    found = lines(town.city(NOWHERE))
    cells = found["notification"].split()
    assert cells[:3] == ["notification", "no", "unknown"]
    assert "0" not in cells
    assert "nothing answers" in found["notification:"]


def test_nothing_at_all_running_is_an_error_that_says_what_to_do(town: Town) -> None:
    city = town.city()
    city.places = [NOWHERE]
    with pytest.raises(Unanswered, match="make up"):
        ops.look(city)


def test_numbers_come_from_the_metrics() -> None:
    found = ops.read(
        'nuanxin_outbox_oldest_seconds{service="a",store="tasks"} 12.5\n'
        'nuanxin_outbox_oldest_seconds{service="a",store="workers"} 1\n'
        'nuanxin_parked_records{service="a"} 3\n'
    )
    assert found.worst("nuanxin_outbox_oldest_seconds") == 12.5
    assert found.total("nuanxin_parked_records") == 3
    assert found.total("nuanxin_nothing") is None


def obey(town: Town, *arguments: str) -> int:
    with town.city() as city:
        return parked.obey(city, parked.parser().parse_args(arguments))


def test_what_lies_parked_is_listed_with_its_reason(laid_aside: Town, capsys: pytest.CaptureFixture[str]) -> None:
    with laid_aside.city() as city:
        assert [(row["_id"], row["reason"]) for row in parked.listed(city, "dispatch")] == [(ID, "unreadable")]
        assert parked.show(city, "dispatch") == 0


def test_a_record_that_still_cannot_be_decided_stays(laid_aside: Town) -> None:
    async def again(record: Record) -> tuple[str, str]:
        return "unreadable", "no JSON"

    laid_aside.served["dispatch"].app.state.parked.again = again
    assert obey(laid_aside, "redrive", ID) == 1
    assert run(laid_aside.served["dispatch"].app.state.parked.count()) == 1


def test_a_record_that_goes_well_is_gone(laid_aside: Town) -> None:
    async def again(record: Record) -> None:
        assert record == RECORD

    laid_aside.served["dispatch"].app.state.parked.again = again
    assert obey(laid_aside, "redrive", ID) == 0
    assert run(laid_aside.served["dispatch"].app.state.parked.count()) == 0


def test_a_record_is_given_up_by_its_id(laid_aside: Town) -> None:
    assert obey(laid_aside, "drop", ID) == 0
    with pytest.raises(Unanswered, match="nothing parked as"):
        obey(laid_aside, "drop", ID)


def test_what_is_no_id_and_what_is_not_halted_is_refused_in_words(town: Town) -> None:
    with pytest.raises(Unanswered, match="no parked record"):
        obey(town, "drop", "hazard-1#2")
    with pytest.raises(Unanswered, match="not halted"):
        obey(town, "resume", "dispatch")


def test_a_grid_worker_is_no_operator(town: Town) -> None:
    client = town.served["dispatch"].as_("W0001", "grid_worker")
    assert client.get("/ops/parked").status_code == 403


def test_a_live_page_says_what_is_away_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[RenderableType | BaseException] = ["well", Unanswered("nothing answers"), "well again"]

    def page() -> RenderableType:
        answer = answers.pop(0) if answers else KeyboardInterrupt()
        if isinstance(answer, BaseException):
            raise answer
        return answer

    monkeypatch.setattr(live, "EVERY", 0)
    monkeypatch.setenv("TERM", "xterm")
    out = StringIO()
    live.keep(Console(width=100, file=out, force_terminal=True), page)
    words = ["well", "nothing answers", "trying again", "well again"]
    assert [out.getvalue().index(said) for said in words] == sorted(out.getvalue().index(said) for said in words)


def test_a_page_that_cannot_begin_is_an_error() -> None:
    def page() -> RenderableType:
        raise Unanswered("nothing answers")

    with pytest.raises(Unanswered):
        live.keep(Console(file=StringIO()), page)
