"""The board of a street: read through the services' own routes, drawn for a terminal of 100 by 30."""

from datetime import timedelta
from io import StringIO

import pytest
from rich.cells import cell_len
from rich.console import Console

from deploy.tools.ask import City, Unanswered
from deploy.tools.board import board, names
from deploy.tools.drawn import FRAME, Room, drawn
from deploy.tools.words import due, span
from shared.testing.scenario import START
from tests.tools.town import NOWHERE, STREET, Town

SOON, LATER = START + timedelta(hours=2), START + timedelta(days=3)


def page(city: City, area: str = STREET) -> list[str]:
    console = Console(width=100, record=True, file=StringIO(), highlight=False)
    with city:
        console.print(drawn(board(city, area, names(city, area), Room()), Room()))
    return console.export_text().splitlines()


@pytest.fixture
def busy(town: Town) -> Town:
    town.report("GAS-06", "3号楼2单元厨房")
    town.report("GAS-01", "五号楼厨房", order={"owner": "W0002", "due_at": LATER.isoformat()})
    town.report("PUB-01", "小区东门", order={"owner": "W0002", "due_at": SOON.isoformat()})
    return town


def test_a_new_city_has_a_board_with_nothing_on_it(town: Town) -> None:
    lines = page(town.city())
    assert "红卫街道" in lines[0]
    assert "Mon 2026-02-02 09:00:00" in lines[0]
    assert {"  nothing to do", "  nothing is late", "  no open hazard"} <= {line.rstrip() for line in lines}


def test_the_most_urgent_comes_first_in_words_and_with_its_place(busy: Town) -> None:
    lines = page(busy.city())
    queue = lines[lines.index(next(line for line in lines if line.startswith("Queue"))) + 2 :]
    assert queue[0].startswith("● red")
    assert "GAS-06" in queue[0]
    assert "周家沟社区" in queue[0]
    assert "in 2 h 00" in queue[0]
    assert queue[1].startswith("● yellow")
    assert any(line.startswith("I 立即   GAS-06  燃气泄漏") for line in lines)
    assert "3 open (1 I, 2 II), 0 late, 0 closed" in "\n".join(lines)


def test_wide_characters_stay_in_their_columns(busy: Town) -> None:
    tasks = [line for line in page(busy.city()) if line.startswith("●") and "周家沟社区" in line]
    assert len(tasks) >= 3
    assert len({cell_len(line[: line.index("周家沟社区")]) for line in tasks}) == 1


def test_what_is_late_is_said_to_be(busy: Town) -> None:
    for scenario in (busy.dispatch, busy.inspection):
        scenario.passes(hours=3)
    lines = "\n".join(page(busy.city()))
    assert "2 late" in lines
    assert "1 late" in lines


def test_a_page_fits_a_terminal_of_a_hundred_by_thirty(busy: Town) -> None:
    for number in range(15):
        busy.report("GAS-06", f"一二三四五六七八九十甲乙丙丁戊己庚辛壬癸{number}号楼")
    lines = page(busy.city())
    assert len(lines) <= 30
    assert max(cell_len(line) for line in lines) <= 100


@pytest.mark.parametrize("height", [24, 30, 50, 80])
def test_lists_share_the_height_there_is(height: int) -> None:
    room = Room.of(height)
    assert FRAME + room.queue + room.late + room.hazards <= height - 1


def test_an_area_that_is_not_there_is_an_error(town: Town) -> None:
    with pytest.raises(Unanswered, match="no such area"):
        page(town.city(), "420399")


def test_a_service_that_is_not_there_says_what_to_do(town: Town) -> None:
    city = town.city()
    city.places = [NOWHERE if place.service == "dispatch" else place for place in city.places]
    with pytest.raises(Unanswered, match="no service dispatch"):
        page(city)


def test_spans_are_said_short() -> None:
    assert [span(s) for s in (0, 0.038, 2.34, 45, 130, 12_000, 190_000)] == [
        *("0 s", "38 ms", "2.3 s", "45 s", "2 min", "3 h 20", "2 d 4 h")
    ]
    assert (due(SOON, START), due(START, SOON), due(None, START)) == ("in 2 h 00", "late 2 h 00", "")
