"""Every service knows the areas from what the registry states, and takes the newest statement."""

from datetime import UTC, datetime

import pytest

from shared import places
from shared.decision import Missing
from shared.events.registry import AreaNamed, AreasDefined
from shared.places import Atlas, Place
from shared.reactions import Reactions
from shared.testing.scenario import Scenario, Told, run

AT = datetime(2026, 2, 2, tzinfo=UTC)
ZHOUJIAGOU = AreaNamed(code="420303002002", name="周家沟社区", legal_name="周家沟社区居民委员会")


def county(*areas: AreaNamed, sequence: int = 1) -> Told:
    named = [AreaNamed(code="420303", name="张湾区"), *areas]
    return Told(AreasDefined(area="420303", areas=named, at=AT), "places-420303", sequence)


@pytest.fixture
def scenario() -> Scenario:
    on = Reactions()
    places.hears(on)
    return Scenario(on, places.places)


def test_an_area_that_was_defined_is_found_and_so_are_its_grids(scenario: Scenario) -> None:
    scenario.given(county(ZHOUJIAGOU))
    assert run(places.find(scenario.desk, "420303")) == Place("420303", "张湾区", ())
    assert run(places.find(scenario.desk, "420303002002")).name == "周家沟社区"
    assert run(places.find(scenario.desk, "420303002002001")) == Place("420303002002001", "周家沟社区", ())


@pytest.mark.parametrize(
    "code", ["4203", "420303002003", "420303002003001", "42030", "", "z:x", "４２０３０３", "420304"]
)
def test_what_was_not_defined_or_is_no_code_is_missing(scenario: Scenario, code: str) -> None:
    scenario.given(county(ZHOUJIAGOU))
    for find in (places.find(scenario.desk, code), Atlas(scenario.desk).find(code)):
        with pytest.raises(Missing, match="no such area"):
            run(find)


def test_a_zone_laid_over_an_area_is_one_of_its_grids_too(scenario: Scenario) -> None:
    scenario.given(county(ZHOUJIAGOU.model_copy(update={"zones": ["z:spring"]})))
    assert run(places.find(scenario.desk, "420303002002007")).zones == ("z:spring",)


def test_an_older_statement_that_comes_late_changes_nothing(scenario: Scenario) -> None:
    newer = county(ZHOUJIAGOU.model_copy(update={"name": "新名社区"}), sequence=3)
    older = county(ZHOUJIAGOU, sequence=2)
    for _ in range(2):
        scenario.given(newer).given(older).forgetful()
        assert run(places.find(scenario.desk, "420303002002")).name == "新名社区"
    scenario.given(newer)
    assert run(places.find(scenario.desk, "420303002002")).name == "新名社区"


def test_what_a_newer_statement_leaves_out_is_gone(scenario: Scenario) -> None:
    scenario.given(county(ZHOUJIAGOU), county(sequence=2))
    with pytest.raises(Missing):
        run(places.find(scenario.desk, "420303002002"))


def test_an_atlas_reads_a_county_once_and_still_finds_what_has_come_since(scenario: Scenario) -> None:
    atlas = Atlas(scenario.desk)
    calls: list[str] = []

    async def count(call: str) -> None:
        calls.append(call)

    scenario.given(county(ZHOUJIAGOU))
    scenario.books["places"].trouble = count
    for _ in range(100):
        run(atlas.find("420303002002"))
    assert calls == ["read"]
    scenario.given(county(ZHOUJIAGOU, AreaNamed(code="420303002003", name="新社区"), sequence=2))
    assert run(atlas.find("420303002003")).name == "新社区"
