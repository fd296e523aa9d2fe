"""The city's areas: taken in from the table of statistical codes, found as people name them, zones over them."""

from pathlib import Path
from typing import Any

import pytest

from services.registry.areas import domain
from services.registry.areas.api import router
from services.registry.areas.naming import said
from services.registry.areas.store import areas, zones
from shared import places
from shared.decision import Busy, Missing
from shared.event import Event
from shared.events.registry import AreasDefined
from shared.reactions import Reactions
from shared.testing.client import Client, Served
from shared.testing.scenario import Scenario, Told, run

CITY = (Path(__file__).parents[2] / "deploy" / "sample" / "areas.csv").read_bytes()
HEAD = "code,name,level,parent\n"
ZHANGWAN = "420303,张湾区,county,4203\n420303002,红卫街道,street,420303\n"
ZHOUJIAGOU = "420303002002,周家沟社区居民委员会,community,420303002\n"
WITHIN_CITY = "4203,十堰市,city,\n"


@pytest.fixture
def scenario() -> Scenario:
    return Scenario(Reactions(), areas, zones)


@pytest.fixture
def served(scenario: Scenario) -> Served:
    return Served("registry", scenario, [router])


@pytest.fixture
def city(served: Served) -> Client:
    return served.as_("W0001", "operator")


def send(client: Client, table: str | bytes, key: str | None = None, dry: bool = False) -> Any:
    body = table if isinstance(table, bytes) else table.encode()
    return client.post(f"/areas/import{'?dry_run=true' if dry else ''}", body, key=key, content_type="text/csv")


def names(client: Client, **asked: Any) -> list[str]:
    return [item["name"] for item in client.get("/areas", **asked).json()["items"]]


def errors(answer: Any) -> list[tuple[int, str]]:
    assert answer.status_code == 422, answer.text
    return [(error["row"], error["column"]) for error in answer.json()["errors"]]


def test_the_whole_city_is_taken_in_and_stated_county_by_county(city: Client, scenario: Scenario) -> None:
    assert send(city, CITY).json() == {"rows": 2117, "new": 2117, "changed": 0, "unchanged": 0, "gone": 0}
    stated = [event for event in scenario.said if isinstance(event, AreasDefined)]
    assert len(stated) == 9
    assert sum(len(event.areas) for event in stated) == 2117
    assert max(len(event.model_dump_json().encode()) for event in stated) < 100_000


def test_the_same_table_again_is_no_news(city: Client, scenario: Scenario) -> None:
    send(city, CITY)
    before = len(scenario.said)
    assert send(city, CITY).json()["unchanged"] == 2117
    assert len(scenario.said) == before


def test_a_dry_run_says_what_would_change_and_changes_nothing(city: Client, scenario: Scenario) -> None:
    assert send(city, CITY, dry=True).json()["new"] == 2117
    assert scenario.all(areas) == []


def test_other_services_know_what_the_registry_states(city: Client, scenario: Scenario) -> None:
    send(city, CITY)
    on = Reactions()
    places.hears(on)
    elsewhere = Scenario(on, places.places)
    elsewhere.given(*(_as_told(event) for event in scenario.said))
    for desk in (elsewhere.desk, scenario.desk):
        assert run(places.find(desk, "420303004204001")).name == "熊家湾村"
        assert run(places.find(desk, "4203")).name == "十堰市"


def _as_told(event: Event, sequence: int = 1) -> Told:
    assert isinstance(event, AreasDefined)
    return Told(event, places.document(event.area), sequence)


def test_the_registry_that_hears_itself_keeps_what_it_owns(city: Client, scenario: Scenario) -> None:
    places.hears(scenario.on)
    send(city, CITY)
    before = scenario.all(areas)
    scenario.given(*(_as_told(event) for event in scenario.said))
    assert scenario.all(areas) == before


@pytest.mark.parametrize(
    ("legal", "level", "name"),
    [
        ("周家沟社区居民委员会", "community", "周家沟社区"),
        ("火车站社区居委会", "community", "火车站社区"),
        ("动力新村社区居民委员会", "community", "动力新村社区"),
        ("白浪唐居委会", "community", "白浪唐社区"),
        ("武阳岭社居民委员会", "community", "武阳岭社区"),
        ("体育场社区居民委员", "community", "体育场社区"),
        ("工业园区虚拟社区", "community", "工业园区虚拟社区"),
        ("熊家湾村委会", "village", "熊家湾村"),
        ("红河村村民委员会", "village", "红河村"),
        ("花园村民委员会", "village", "花园村"),
        ("古桥沟村", "village", "古桥沟村"),
        ("红卫街道办事处", "street", "红卫街道"),
        ("城关镇", "street", "城关镇"),
        ("张湾区", "county", "张湾区"),
    ],
)
def test_the_name_people_say(legal: str, level: str, name: str) -> None:
    assert said(legal, level) == name


def test_an_area_is_found_by_what_people_say_write_or_type(city: Client) -> None:
    send(city, CITY)
    for asked in ("周家沟社", "周家沟社区居民委员会", "周家沟社区居委会", "zjgsq", "zhoujiagoushe", "ZJG SQ"):
        assert "周家沟社区" in names(city, under="420303", q=asked), asked
    assert names(city, under="420303002", q="周家沟") == ["周家沟社区"]


def test_a_community_is_not_the_village_of_the_same_name(city: Client) -> None:
    send(city, CITY)
    both = city.get("/areas", under="420303004", q="熊家湾").json()["items"]
    assert {item["code"]: item["name"] for item in both} == {
        "420303004010": "熊家湾社区",
        "420303004204": "熊家湾村",
    }
    assert names(city, under="4203", q="熊家湾社区") == ["熊家湾社区"]
    assert names(city, under="4203", q="熊家湾村") == ["熊家湾村"]
    assert names(city, under="4203", q="六堰社区") == ["六堰社区"]


def test_pages_follow_the_pinyin_and_end(city: Client) -> None:
    send(city, CITY)
    seen: list[str] = []
    after = None
    while True:
        asked = {"under": "420303", "level": "community", "limit": 7} | ({"after": after} if after else {})
        page = city.get("/areas", **asked).json()
        seen += [item["code"] for item in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert (
        len(seen)
        == len(set(seen))
        == len(city.get("/areas", under="420303", level="community", limit=200).json()["items"])
    )
    ordered = names(city, under="4203", level="county")
    assert ordered == ["丹江口市", "房县", "茅箭区", "郧西县", "郧阳区", "张湾区", "竹山县", "竹溪县"]


def test_one_area_by_its_code(city: Client) -> None:
    send(city, CITY)
    assert city.get("/areas/420303002002").json() == {
        "code": "420303002002",
        "name": "周家沟社区",
        "legal_name": "周家沟社区居民委员会",
        "level": "community",
        "parent": "420303002",
        "zones": [],
    }
    for unknown in ("420303002999", "42", "x", "420399"):
        assert city.get(f"/areas/{unknown}").status_code == 404


def test_nobody_sees_areas_that_are_not_theirs(served: Served, city: Client) -> None:
    send(city, CITY)
    street = served.as_("W0002", "dispatcher", scopes=("420303002",))
    assert street.get("/areas/420303004001").json() == street.get("/areas/420303004999").json()
    assert street.get("/areas", under="4203").status_code == 404
    assert {item["code"][:9] for item in street.get("/areas", limit=200).json()["items"]} == {"420303002"}


def test_mistakes_are_named_and_nothing_is_changed(city: Client, scenario: Scenario) -> None:
    table = (
        HEAD
        + ZHANGWAN
        + "4203030020,短,community,420303002\n"
        + "420303003,花果街道,county,420303\n"
        + "420303004002,错父,community,420303003\n"
        + "420399002002,无父,community,420399002\n"
        + "420303002,红卫街道,street,420303\n"
        + "420303002001,,community,420303002\n"
    )
    assert errors(send(city, table)) == [(4, "code"), (9, "name")]
    table = table.replace("4203030020,短,community,420303002\n", "").replace("420303002001,,", "420303002001,名,")
    assert errors(send(city, table)) == [(2, "code"), (4, "level"), (5, "parent"), (6, "code"), (7, "code")]
    assert scenario.all(areas) == []


@pytest.mark.parametrize("table", ["", HEAD, "code,name\n4203,十堰市\n", HEAD + '4203,"十堰市,city,\n'])
def test_what_is_no_table_of_codes(city: Client, table: str) -> None:
    assert len(errors(send(city, table))) == 1


def test_the_same_key_with_another_table_is_found_out(city: Client) -> None:
    assert send(city, HEAD + WITHIN_CITY + ZHANGWAN, key="k").status_code == 200
    assert send(city, HEAD + WITHIN_CITY + ZHANGWAN, key="k").status_code == 200
    assert send(city, HEAD + WITHIN_CITY + ZHANGWAN + ZHOUJIAGOU, key="k").status_code == 422


def test_rows_without_their_county_are_added_to_it_and_with_it_they_are_all_there_is(city: Client) -> None:
    send(city, HEAD + WITHIN_CITY + ZHANGWAN)
    assert send(city, HEAD + ZHOUJIAGOU).json()["new"] == 1
    assert names(city, under="420303") == ["红卫街道", "张湾区", "周家沟社区"]
    assert send(city, HEAD + ZHANGWAN).json() == {"rows": 2, "new": 0, "changed": 0, "unchanged": 2, "gone": 1}
    assert names(city, under="420303") == ["红卫街道", "张湾区"]


def test_a_county_takes_in_its_own_areas_and_no_others(served: Served, city: Client) -> None:
    send(city, HEAD + WITHIN_CITY)
    county = served.as_("W0003", "county", scopes=("420303",))
    assert send(county, HEAD + ZHANGWAN).status_code == 200
    assert errors(send(county, HEAD + WITHIN_CITY + "420302,茅箭区,county,4203\n")) == [(2, "code"), (3, "code")]
    assert send(served.as_("W0004", "grid_worker"), HEAD + ZHANGWAN).status_code == 403


# --- zones ---

EAST = {"title": "东城经济开发区", "codes": ["420302202005"]}


def draw(client: Client, zone: str, body: dict[str, Any], key: str | None = None) -> Any:
    return client.write("PUT", f"/zones/{zone}", body, key=key)


def zones_of(client: Client, code: str) -> list[str]:
    found: list[str] = client.get(f"/areas/{code}").json()["zones"]
    return found


def test_a_zone_is_laid_over_a_community_as_people_say_it(city: Client, scenario: Scenario) -> None:
    send(city, CITY)
    before = len(scenario.said)
    assert draw(city, "z:dongcheng", EAST).json() == {"zone": "z:dongcheng", **EAST}
    (stated,) = scenario.said[before:]
    assert isinstance(stated, AreasDefined)
    assert [(each.code, each.zones) for each in stated.areas if each.zones] == [("420302202005", ["z:dongcheng"])]
    assert run(places.find(scenario.desk, "420302202005001")).zones == ("z:dongcheng",)
    assert city.get("/zones").json() == [{"zone": "z:dongcheng", **EAST}]
    assert city.get("/zones/z:dongcheng").json()["title"] == "东城经济开发区"


def test_a_zone_over_a_street_covers_all_that_lies_in_it(city: Client) -> None:
    send(city, CITY)
    draw(city, "z:hongwei", {"title": "红卫片区", "codes": ["420303002"]})
    assert zones_of(city, "420303002002") == ["z:hongwei"]
    assert zones_of(city, "420303") == []
    assert zones_of(city, "420303003001") == []


def test_a_zone_drawn_anew_leaves_what_it_no_longer_covers(city: Client, scenario: Scenario) -> None:
    send(city, CITY)
    draw(city, "z:dongcheng", EAST)
    draw(city, "z:dongcheng", {**EAST, "codes": ["420303002"]})
    assert (zones_of(city, "420302202005"), zones_of(city, "420303002002")) == ([], ["z:dongcheng"])
    draw(city, "z:dongcheng", {**EAST, "codes": []})
    assert zones_of(city, "420303002002") == []
    assert city.get("/zones/z:dongcheng").json()["codes"] == []


def test_zones_stay_when_the_areas_are_taken_in_again(city: Client, scenario: Scenario) -> None:
    send(city, CITY)
    draw(city, "z:dongcheng", EAST)
    before = len(scenario.said)
    assert send(city, CITY).json()["unchanged"] == 2117
    assert len(scenario.said) == before
    assert zones_of(city, "420302202005") == ["z:dongcheng"]


def test_one_sees_the_areas_under_a_zone(served: Served, city: Client) -> None:
    send(city, CITY)
    draw(city, "z:dongcheng", EAST)
    warden = served.as_("W0005", "dispatcher", scopes=("z:dongcheng",))
    assert names(warden) == ["黎明社区"]


@pytest.mark.parametrize(
    ("zone", "body", "status"),
    [
        ("z:Dong", EAST, 422),
        ("dongcheng", EAST, 422),
        ("z:dongcheng", {**EAST, "codes": ["420302202999"]}, 404),
        ("z:dongcheng", {**EAST, "codes": ["4203"]}, 422),
        ("z:dongcheng", {**EAST, "title": ""}, 422),
    ],
)
def test_what_is_no_zone(city: Client, scenario: Scenario, zone: str, body: dict[str, Any], status: int) -> None:
    send(city, CITY)
    assert draw(city, zone, body).status_code == status
    assert scenario.all(zones) == []


def test_a_zone_is_drawn_by_whoever_sees_each_of_its_counties(served: Served, city: Client, scenario: Scenario) -> None:
    send(city, CITY)
    assert draw(served.as_("W0006", "street", scopes=("420302202",)), "z:dongcheng", EAST).status_code == 409
    assert scenario.all(zones) == []
    draw(city, "z:both", {"title": "两区", "codes": ["420302202005", "420303002"]})
    county = served.as_("W0007", "county", scopes=("420302",))
    assert draw(county, "z:both", EAST).status_code == 409
    assert draw(county, "z:dongcheng", EAST).status_code == 200
    assert county.get("/zones/z:both").status_code == 200


def test_a_zone_that_a_crash_left_half_laid_is_laid_by_itself(city: Client, scenario: Scenario) -> None:
    send(city, CITY)

    async def away(call: str) -> None:
        if call == "write":
            raise Busy("the store is away")

    scenario.books["places"].trouble = away
    assert draw(city, "z:dongcheng", EAST).status_code == 503
    scenario.books["places"].trouble = _well
    assert zones_of(city, "420302202005") == []
    scenario.passes(seconds=11)
    assert zones_of(city, "420302202005") == ["z:dongcheng"]
    assert [zone.settled for zone in scenario.all(zones)] == [True]


async def _well(call: str) -> None:
    return None


def test_an_area_that_lies_nowhere_is_refused_by_the_rule_itself(scenario: Scenario) -> None:
    lost = {"420303002002": domain.named("周家沟社区居民委员会", "community")}
    scenario.does(
        areas.begin_or_change("places-420303", lambda known: domain.define("420303", lost, scenario.clock.now(), known))
    )
    assert scenario.refused is not None
    assert "420303002 is missing" in scenario.refused.detail
    with pytest.raises(Missing):
        scenario.state(areas, "places-420303")
