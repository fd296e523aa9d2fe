"""The inbox, messages, preferences and rules over HTTP."""

from typing import Any

import pytest

from services.notification.api import inbox, messages, preferences, rules
from services.notification.sending.sender import Sender
from services.notification.store import messages as told
from services.notification.store import recipients
from shared.testing.client import Client, Served
from tests.notification.facts import COMMUNITY, COUNTY, OTHER, STREET, City, assigned, escalated, found, urged, worker
from tests.notification.gateway import Log


class Office:
    """The routes over one city's documents."""

    def __init__(self, city: City) -> None:
        self.city = city
        self.served = Served("notification", city, [inbox.router, messages.router, preferences.router, rules.router])
        city.seals = self.served.seals
        city.sender = Sender(city.desk, city.seals, city.sender.gateway)

    def as_(self, id: str, *roles: str, at: str = COMMUNITY) -> Client:
        return self.served.as_(id, *roles, scopes=(at,))


@pytest.fixture
def office(log: Log) -> Office:
    city = City(log.gateway("app", "sms", "email"))
    return Office(city.given(worker("W0001"), worker("L0001", lead=True), worker("S0001", STREET)))


def _ok(answer: Any) -> Any:
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_inbox_holds_ones_own_and_counts_what_is_unread(office: Office) -> None:
    office.city.tells(assigned("W0001", title="1号楼"), urged("W0001"), found("I", by="W0009"))
    mine = office.as_("W0001", "grid_worker")
    page = _ok(mine.get("/inbox"))
    assert page["unread"] == 2
    assert {item["recipient"] for item in page["items"]} == {"W0001"}
    answered = _ok(mine.post(f"/inbox/{page['items'][0]['id']}/acknowledge"))
    assert answered["state"] == "acknowledged"
    left = _ok(mine.get("/inbox", unread=True))
    assert (left["unread"], len(left["items"])) == (1, 1)
    assert len(_ok(mine.get("/inbox"))["items"]) == 2


def test_an_inbox_is_read_page_by_page_newest_first(office: Office) -> None:
    for number in range(5):
        office.city.tells(assigned("W0001", title=f"{number}号楼")).passes(seconds=1)
    mine = office.as_("W0001")
    first = _ok(mine.get("/inbox", limit=3))
    rest = _ok(mine.get("/inbox", limit=3, after=first["next"]))
    titles = [item["body"].split("：")[1][:3] for item in [*first["items"], *rest["items"]]]
    assert titles == ["4号楼", "3号楼", "2号楼", "1号楼", "0号楼"]
    assert rest["next"] is None


def test_nobody_acknowledges_for_another(office: Office) -> None:
    message = office.city.tells(assigned("W0001")).only("W0001")
    for other in (office.as_("L0001"), office.as_("D0001", "admin", at="4203")):
        assert other.post(f"/inbox/{message.id}/acknowledge").status_code == 404
    assert office.city.only("W0001").acknowledged_at is None
    missing = office.as_("L0001").post("/inbox/message-none/acknowledge")
    assert missing.json()["title"] == "missing"


def test_an_acknowledgement_twice_is_one(office: Office) -> None:
    message = office.city.tells(assigned("W0001")).only("W0001")
    mine = office.as_("W0001")
    mine.post(f"/inbox/{message.id}/acknowledge", key="k1")
    again = mine.post(f"/inbox/{message.id}/acknowledge", key="k1")
    assert again.headers["Idempotency-Replayed"] == "true"
    said = [event.type() for event in office.city.said]
    assert said.count("message-acknowledged") == 1


def test_messages_are_seen_within_ones_area_only(office: Office) -> None:
    office.city.tells(assigned("W0001"), found("I"))
    here = _ok(office.as_("D0001").get("/messages"))
    assert {item["area"] for item in here["items"]} == {COMMUNITY}
    assert _ok(office.as_("D0002", at=OTHER).get("/messages"))["items"] == []
    assert office.as_("D0002", at=OTHER).get("/messages", area=COMMUNITY).status_code == 404
    id = here["items"][0]["id"]
    elsewhere = office.as_("D0002", at=OTHER).get(f"/messages/{id}")
    nowhere = office.as_("D0002", at=OTHER).get(f"/messages/{id}x")
    assert elsewhere.status_code == nowhere.status_code == 404


def test_a_failed_message_is_found_and_its_attempts_are_shown(office: Office, log: Log) -> None:
    log.always = "500"
    office.city.reachable("W0001", sms="13800000001").tells(assigned("W0001"), urged("S0001"))
    for _ in range(6):
        office.city.sends()
        office.city.passes(minutes=11)
    desk = office.as_("D0001", "dispatcher")
    (failed,) = _ok(desk.get("/messages", state="failed"))["items"]
    assert (failed["recipient"], failed["reason"]) == ("W0001", "refused by the gateway (500)")
    one = _ok(desk.get(f"/messages/{failed['id']}"))
    assert [a["outcome"] for a in one["attempts"]] == ["skipped", *["refused"] * 4]
    assert "lease" not in one
    counts = _ok(desk.get("/messages/counts"))["states"]
    assert (counts["failed"], counts["sent"], counts["queued"]) == (1, 1, 0)
    assert _ok(desk.get("/messages", recipient="S0001"))["items"][0]["channel"] == "inbox"


def test_a_receipt_makes_it_delivered(office: Office) -> None:
    office.city.reachable("W0001", sms="13800000001").tells(assigned("W0001"))
    office.city.sends()
    id = office.city.only("W0001").id
    assert office.as_("D0001", "dispatcher").post(f"/messages/{id}/delivered").status_code == 403
    assert _ok(office.as_("O0001", "operator").post(f"/messages/{id}/delivered"))["state"] == "delivered"
    assert office.city.said[-1].type() == "message-delivered"


def test_what_lies_only_in_the_inbox_has_no_receipt(office: Office) -> None:
    office.city.tells(assigned("W0001"))
    office.city.sends()
    answer = office.as_("O0001", "operator").post(f"/messages/{office.city.only('W0001').id}/delivered")
    assert answer.status_code == 409


def test_notices_say_whom_nobody_was_found_for(log: Log) -> None:
    office = Office(City().tells(escalated(STREET)))
    for _ in range(20):
        office.city.passes(minutes=10)
    (row,) = _ok(office.as_("D0001", at=COUNTY).get("/notices", stage="nobody"))["items"]
    assert (row["rule"], row["told"], row["about"]) == ("escalated", 0, "task-7")


def test_one_sets_ones_own_preferences_and_addresses_stay_sealed(office: Office, log: Log) -> None:
    mine = office.as_("W0001", "grid_worker")
    assert _ok(mine.get("/preferences/me"))["quiet_since"] == "21:30"
    _ok(mine.write("PUT", "/preferences/me", {"quiet_since": "22:00", "quiet_until": "06:30", "off": ["app"]}))
    reached = mine.write("PUT", "/preferences/me/addresses/sms", {"address": "13812345521"})
    assert _ok(reached)["addresses"] == {"sms": "138****5521"}
    assert "13812345521" not in str(office.city.books[recipients.name].rows)
    office.city.tells(assigned("W0001"))
    office.city.sends()
    assert log.sent("sms") == ["13812345521"]
    stored = office.city.books
    assert "13812345521" not in str([book.rows for book in stored.values()])
    _ok(mine.write("DELETE", "/preferences/me/addresses/sms"))
    assert _ok(mine.get("/preferences/me"))["addresses"] == {}


def test_one_whom_dispatch_has_not_told_of_may_set_preferences_too(office: Office) -> None:
    fresh = office.as_("N0001")
    _ok(fresh.write("PUT", "/preferences/me/addresses/email", {"address": "n@example.org"}))
    assert _ok(fresh.get("/preferences/me"))["addresses"] == {"email": "n***@example.org"}
    office.city.given(worker("N0001", lead=True))
    assert _ok(fresh.get("/preferences/me"))["addresses"] == {"email": "n***@example.org"}
    assert _ok(fresh.get("/preferences/me"))["area"] == COMMUNITY


def test_only_an_admin_of_the_area_sets_anothers(office: Office) -> None:
    body = {"address": "13812345521"}
    path = "/preferences/W0001/addresses/sms"
    assert office.as_("L0001", "community_head").write("PUT", path, body).status_code == 403
    assert office.as_("A0001", "admin", at=OTHER).write("PUT", path, body).status_code == 404
    assert office.as_("A0001", "admin", at=OTHER).get("/preferences/W0001").status_code == 404
    assert office.as_("A0001", "admin", at=STREET).write("PUT", path, body).status_code == 200
    assert office.as_("A0001", "admin", at=STREET).get("/preferences/W0001").status_code == 200


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/preferences/me/addresses/sms", {"address": "not a number"}),
        ("/preferences/me/addresses/email", {"address": "a@b?to=c@d.e"}),
        ("/preferences/me/addresses/app", {"address": "x/../y"}),
        ("/preferences/me/addresses/pigeon", {"address": "coop"}),
        ("/preferences/me", {"quiet_since": "18:00", "quiet_until": "12:00"}),
        ("/preferences/me", {"quiet_since": "25:00"}),
        ("/preferences/me", {"off": ["inbox"]}),
        ("/preferences/me", {"staff": "W0002"}),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(office: Office, path: str, body: dict[str, Any]) -> None:
    before = office.city.state(recipients, "recipient-W0001")
    answer = office.as_("W0001").write("PUT", path, body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert office.city.state(recipients, "recipient-W0001") == before


def test_rules_are_shown_as_they_hold(office: Office) -> None:
    shown = {rule["name"]: rule for rule in _ok(office.as_("D0001").get("/rules"))}
    urging = shown["urged-to-worker"]
    assert (urging["on"], urging["channels"], urging["channels_from"]) == (True, ["app", "sms"], "")
    assert "{task_id}" in urging["body"]


def test_an_area_does_it_differently_and_the_nearest_one_decides(office: Office, log: Log) -> None:
    street, community = office.as_("H1", "street", at=STREET), office.as_("H2", "community_head")
    _ok(street.write("PUT", "/rules/urged-to-worker", {"area": STREET, "channels": ["email"], "on": False}))
    _ok(community.write("PUT", "/rules/urged-to-worker", {"area": COMMUNITY, "on": True}))
    held = {rule["name"]: rule for rule in _ok(community.get("/rules"))}["urged-to-worker"]
    assert (held["on"], held["on_from"]) == (True, COMMUNITY)
    assert (held["channels"], held["channels_from"]) == (["email"], STREET)
    office.city.tells(urged("W0001"))
    assert office.city.only("W0001").channels == ("email",)


def test_a_rule_turned_off_tells_no_routine_and_all_that_is_red(office: Office) -> None:
    head = office.as_("H2", "community_head")
    choice = _ok(head.write("PUT", "/rules/assigned-to-worker", {"area": COMMUNITY, "on": False}))
    assert choice["steps"][0]["by"] == "H2"
    office.city.tells(assigned("W0001"), assigned("W0002", urgency="red"))
    assert office.city.everyone() == ["W0002"]
    (silent,) = _ok(head.get("/notices", stage="silenced"))["items"]
    assert silent["rule"] == "assigned-to-worker"


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        ("urged-to-worker", {"area": OTHER, "on": False}, 404),
        ("urged-to-worker", {"area": "420303002999", "on": False}, 404),
        ("no-such-rule", {"area": COMMUNITY, "on": False}, 404),
        ("urged-to-worker", {"area": COMMUNITY, "channels": ["inbox"]}, 422),
        ("urged-to-worker", {"area": COMMUNITY, "channels": ["sms", "sms"]}, 409),
        ("urged-to-worker", {"area": COMMUNITY, "audience": "owner"}, 422),
    ],
)
def test_a_choice_that_cannot_be_is_refused(office: Office, name: str, body: dict[str, Any], status: int) -> None:
    answer = office.as_("H2", "community_head").write("PUT", f"/rules/{name}", body)
    assert answer.status_code == status


def test_workers_do_not_set_rules(office: Office) -> None:
    answer = office.as_("W0001", "grid_worker").write("PUT", "/rules/escalated", {"area": COMMUNITY, "on": False})
    assert answer.status_code == 403


def test_no_message_holds_an_address_or_a_name(office: Office) -> None:
    office.city.reachable("W0001", sms="13812345521").tells(assigned("W0001"))
    office.city.sends()
    assert "13812345521" not in str(office.city.books[told.name].rows)
    assert "13812345521" not in str([event.model_dump() for event in office.city.said])
