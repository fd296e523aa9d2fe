"""A file is taken whole or not at all, may be sent again at any time, and never fills the memory."""

import asyncio
import json
import tracemalloc
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import pytest
from fastapi import APIRouter, Request, Response

from shared import area, imports
from shared.decision import Busy, Decision, Rejected, State
from shared.http import Wish
from shared.ids import derived
from shared.imports import Import
from shared.reactions import Reactions
from shared.store import Change, Store
from shared.tables import Column, Row, Sheet, Unfit
from shared.tables.codes import area_code
from shared.testing.client import Client, Served
from shared.testing.scenario import Scenario

CSV = "text/csv; charset=utf-8"
HEADER = "户编号,社区代码,楼栋\n"
SHEET = Sheet(
    (
        Column("external", "户编号", required=True),
        Column("area", "社区代码", parse=area_code, required=True),
        Column("building", "楼栋"),
    )
)


class Home(State):
    external: str
    area: str
    building: str | None
    fingerprint: str


homes: Store[Home] = Store("homes", Home, scopes=lambda home: area.scopes(home.area))


def settle(row: Row, fingerprint: str, home: Home | None) -> Decision[Home]:
    if row["building"] == "禁止":
        raise Rejected("nobody may live there")
    if row["building"] == "坏":
        raise ZeroDivisionError
    return Decision(Home(**row.values, fingerprint=fingerprint))


router = APIRouter()
AHEAD: list[int] = []


@router.post("/homes/import")
async def import_homes(request: Request, wish: Wish, dry_run: bool = False) -> Response:
    def id_of(row: Row) -> str:
        return derived("home", row["external"])

    async def check(row: Row) -> None:
        wish.within(row["area"])
        if row["building"] == "无":
            raise Unfit("there is no such building", "building")

    async def change(row: Row, fingerprint: str) -> Change:
        return homes.begin_or_change(id_of(row), partial(settle, row, fingerprint))

    async def ahead(rows: Sequence[Row]) -> None:
        AHEAD.append(len(rows))

    return await imports.take(request, wish, Import(SHEET, "external", homes, id_of, change, check, ahead), dry_run)


def lines(count: int, area: str = "420303002002", building: str = "3号楼") -> str:
    return HEADER + "".join(f"H{n},{area},{building}\n" for n in range(count))


@pytest.fixture
def scenario() -> Scenario:
    return Scenario(Reactions(), homes)


@pytest.fixture
def served(scenario: Scenario) -> Served:
    return Served("registry", scenario, [router])


@pytest.fixture
def head(served: Served) -> Client:
    return served.as_("W0001", "community_head", scopes=("420303",))


def send(client: Client, content: str | bytes, key: str | None = None, query: str = "") -> Any:
    body = content if isinstance(content, bytes) else content.encode()
    return client.post(f"/homes/import{query}", body, key=key, content_type=CSV)


def told(answer: Any) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


def errors(answer: Any) -> list[tuple[int, str, str]]:
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    return [(error["row"], error["column"], error["message"]) for error in answer.json()["errors"]]


def counts(**some: Any) -> dict[str, Any]:
    return {"new": 0, "changed": 0, "unchanged": 0, "refused_in_all": 0, "refused": [], **some}


def test_a_file_is_written_batch_by_batch_with_its_progress(head: Client, scenario: Scenario) -> None:
    assert told(send(head, lines(1_200))) == [
        {"done": 500, "of": 1200},
        {"done": 1000, "of": 1200},
        {"done": 1200, "of": 1200},
        counts(new=1200),
    ]
    assert len(scenario.all(homes)) == 1200


def test_the_same_file_again_writes_nothing(head: Client, scenario: Scenario) -> None:
    send(head, lines(10))
    before = {id: row["version"] for id, row in scenario.books["homes"].rows.items()}
    assert told(send(head, lines(10)))[-1] == counts(unchanged=10)
    assert {id: row["version"] for id, row in scenario.books["homes"].rows.items()} == before


def test_a_file_with_changes_changes_only_those(head: Client, scenario: Scenario) -> None:
    send(head, lines(10))
    assert told(send(head, lines(12).replace("H3,420303002002,3号楼", "H3,420303002002,4号楼")))[-1] == counts(
        new=2, changed=1, unchanged=9
    )
    assert scenario.state(homes, derived("home", "H3")).building == "4号楼"


def test_what_a_batch_needs_is_read_ahead_once_and_only_for_what_is_written(head: Client) -> None:
    AHEAD.clear()
    send(head, lines(600))
    assert AHEAD == [500, 100, 500, 100]
    AHEAD.clear()
    send(head, lines(601))
    assert AHEAD == [500, 101, 0, 1]


def test_a_dry_run_counts_and_changes_nothing(head: Client, scenario: Scenario) -> None:
    send(head, lines(10))
    answer = send(head, lines(12).replace("H3,420303002002,3号楼", "H3,420303002002,4号楼"), query="?dry_run=true")
    assert answer.json() == {"rows": 12, **counts(new=2, changed=1, unchanged=9)}
    assert len(scenario.all(homes)) == 10
    assert scenario.state(homes, derived("home", "H3")).building == "3号楼"


def test_one_wrong_row_and_nothing_is_changed(head: Client, scenario: Scenario) -> None:
    bad = lines(600) + "H600,4203030020,3号楼\nH601,420303002002,无\nH602,420399002002,\nH5,420303002002,\n"
    assert errors(send(head, bad)) == [
        (602, "社区代码", "is no area code: 12 digits (15 with the grid)"),
        (603, "楼栋", "there is no such building"),
        (604, "", "no such area"),
        (605, "户编号", "the same as in row 7"),
    ]
    assert scenario.all(homes) == []


def test_at_most_two_hundred_errors_are_told(head: Client) -> None:
    assert len(errors(send(head, lines(3_000, area="4203")))) == 200


def test_a_file_that_breaks_off_changes_nothing(head: Client, scenario: Scenario) -> None:
    ((row, _, message),) = errors(send(head, lines(600) + '"H600'))
    assert (row, "cannot be read as CSV" in message) == (602, True)
    assert scenario.all(homes) == []


@pytest.mark.parametrize("content", ["", HEADER, "户编号,社区代码,血型\nH1,420303002002,A\n"])
def test_an_empty_file_a_bare_header_and_an_unknown_one(head: Client, content: str) -> None:
    assert len(errors(send(head, content))) == 1


def test_what_is_no_table_by_its_type_is_refused(head: Client) -> None:
    assert head.post("/homes/import", b"{}", content_type="application/json").status_code == 415
    assert head.post("/homes/import", b"x", content_type="multipart/form-data").status_code == 415


def test_a_file_that_is_too_large_is_refused_as_it_comes(
    head: Client, scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Small:
        largest_file = 1000

    monkeypatch.setattr("shared.imports.spooled.settings", Small)
    assert send(head, lines(100)).status_code == 413
    assert scenario.all(homes) == []


def test_who_may_not_import_may_not(served: Served) -> None:
    assert send(served.as_("W0002", "grid_worker", scopes=("420303",)), lines(1)).status_code == 403


def test_a_row_that_a_rule_refuses_or_breaks_is_named_and_the_rest_goes_on(head: Client, scenario: Scenario) -> None:
    last = told(send(head, lines(3) + "H3,420303002002,禁止\nH4,420303002002,坏\nH5,420303002002,\n"))[-1]
    assert last == counts(
        new=4,
        refused_in_all=2,
        refused=[
            {"row": 5, "why": "nobody may live there"},
            {"row": 6, "why": "our fault: something broke; it has been logged"},
        ],
    )
    assert len(scenario.all(homes)) == 4


def test_a_key_that_belongs_to_another_area_is_refused_and_left_alone(
    served: Served, head: Client, scenario: Scenario
) -> None:
    send(served.as_("W0009", "county", scopes=("420304",)), lines(1, area="420304002002"))
    refused = [{"row": 2, "why": f"no {derived('home', 'H0')}"}]
    assert send(head, lines(1), query="?dry_run=true").json()["refused"] == refused
    assert told(send(head, lines(1)))[-1] == counts(refused_in_all=1, refused=refused)
    assert [home.area for home in scenario.all(homes)] == ["420304002002"]


def test_the_store_goes_away_midway_and_the_same_file_again_cures_it(head: Client, scenario: Scenario) -> None:
    book = scenario.books["homes"]
    writes = 0

    async def away(call: str) -> None:
        nonlocal writes
        writes += call == "write one"
        if call == "write one" and writes == 700:
            raise Busy("the store is away")

    book.trouble = away
    *_, progress, last = told(send(head, lines(1_200), key="one"))
    assert progress == {"done": 500, "of": 1200}
    assert last["error"] == "the store is away"
    assert (last["done"], "send the same file again" in last["again"]) == (500, True)
    assert len(scenario.all(homes)) == 699
    assert told(send(head, lines(1_200), key="one"))[-1] == counts(new=501, unchanged=699)
    assert len(scenario.all(homes)) == 1200


def test_the_store_is_away_before_anything_was_done(head: Client, scenario: Scenario) -> None:
    async def away(call: str) -> None:
        raise Busy("the store is away")

    scenario.books["homes"].trouble = away
    assert told(send(head, lines(2)))[-1]["done"] == 0
    assert send(head, lines(2), query="?dry_run=true").status_code == 503


def test_a_client_that_goes_away_loses_nothing_that_was_written(served: Served, scenario: Scenario) -> None:
    client = served.as_("W0001", "community_head", scopes=("420303",))
    assert asyncio.run(_hang_up_after(served, client, lines(2_000), progress=2)) == 2
    assert len(scenario.all(homes)) in (1000, 1500)
    last = told(send(client, lines(2_000)))[-1]
    assert (last["new"] + last["unchanged"], last["refused"]) == (2000, [])
    assert len(scenario.all(homes)) == 2000


async def _hang_up_after(served: Served, client: Client, content: str, progress: int) -> int:
    """An ASGI client of its own: TestClient cannot hang up."""
    lines_seen, body = 0, content.encode()
    gone = asyncio.Event()
    headers = {**client.headers, "Idempotency-Key": "k", "Content-Type": CSV}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "POST",
        "path": "/homes/import",
        "raw_path": b"/homes/import",
        "query_string": b"",
        "root_path": "",
        "scheme": "http",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    given: Iterator[dict[str, Any]] = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive() -> dict[str, Any]:
        message = next(given, None)
        if message is None:
            await gone.wait()
            return {"type": "http.disconnect"}
        return message

    async def sent(message: Any) -> None:
        nonlocal lines_seen
        if message["type"] == "http.response.body" and message.get("body"):
            lines_seen += 1
            if lines_seen == progress:
                gone.set()
                await asyncio.Event().wait()

    await served.app(scope, receive, sent)
    return lines_seen


def test_many_rows_are_held_one_batch_at_a_time(head: Client) -> None:
    content = lines(8_000, building="一二三四五六七八九十" * 10)
    tracemalloc.start()
    try:
        answer = send(head, content, query="?dry_run=true")
        peak = tracemalloc.get_traced_memory()[1] - len(content.encode())
    finally:
        tracemalloc.stop()
    assert answer.json()["new"] == 8_000
    assert peak < 4_000_000, f"{peak:,} bytes"  # all rows at once are 7 MB
