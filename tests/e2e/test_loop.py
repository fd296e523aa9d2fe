"""The first loop on the running system: public HTTP only, real engines, two replicas, and interruptions."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from deploy.demo.talk import Talk, Unexpected
from deploy.embedded.testing import Platform, wait_until

AREA = "420303002002"
DUE = "2030-01-01T10:00:00+08:00"


def report(who: Talk, n: int) -> str:
    body = {"code": "FIR-01", "area": AREA, "place": f"{n}号楼楼道", "origin": "property"}
    found: dict[str, Any] = who.post("inspection", "/hazards", body)
    return str(found["id"])


def tasks_about(who: Talk, hazard: str) -> list[tuple[str, str]]:
    items = who.get("dispatch", "/tasks", subject=hazard)["items"]
    return sorted((task["kind"], task["stage"]) for task in items)


def people(admin: Talk) -> tuple[Talk, Talk, Talk]:
    head = admin.of("H0001", "community_head", areas=(AREA,))
    return head, admin.of("W0001", "grid_worker", areas=(AREA,)), admin.of("W0002", "grid_worker", areas=(AREA,))


def test_a_hazard_goes_its_whole_way_and_its_writer_sees_each_step_at_once(admin: Talk) -> None:
    head, worker, other = people(admin)
    hazard = report(worker, 1)
    assert worker.get("inspection", f"/hazards/{hazard}")["stage"] == "found"
    head.until(lambda: tasks_about(head, hazard), lambda seen: seen == [("arrange", "open")], "arrange")
    head.post("inspection", f"/hazards/{hazard}/order", {"owner": "W0001", "due_at": DUE})
    opened = [("arrange", "done"), ("rectify", "assigned")]
    head.until(lambda: tasks_about(head, hazard), lambda seen: seen == opened, "rectify")
    worker.post("inspection", f"/hazards/{hazard}/rectify", {"done": "已清理", "evidence": "photo-1"})
    other.post("inspection", f"/hazards/{hazard}/recheck", {"passed": True, "evidence": "photo-2"})
    assert head.get("inspection", f"/hazards/{hazard}")["stage"] == "closed"
    head.until(
        lambda: {stage for _, stage in tasks_about(head, hazard)}, lambda seen: seen <= {"done", "cancelled"}, "the end"
    )


def test_the_loop_goes_on_through_killed_services_broker_and_store(running: Platform, admin: Talk) -> None:
    head, worker, _ = people(admin)
    interrupted = ("dispatch-2", "kafka", "inspection", "store", "dispatch")
    hazards: list[str] = []
    with ThreadPoolExecutor(1) as aside:
        for number, victim in enumerate(interrupted):
            killing = aside.submit(running.kill, victim)
            hazards += [insistently(lambda n=number, m=m: report(worker, 1000 + 100 * n + m)) for m in range(6)]
            killing.result()
            for hazard in hazards[-6:]:
                order = {"owner": "W0001", "due_at": DUE}
                insistently(lambda h=hazard, o=order: head.post("inspection", f"/hazards/{h}/order", o))
    running.wait_well()
    once = [("arrange", "done"), ("rectify", "assigned")]
    for hazard in hazards:
        wait_until(lambda h=hazard: insistently(lambda: tasks_about(head, h)) == once, 60, f"the tasks of {hazard}")


def insistently(ask: Any) -> Any:
    """As a client that knows an interruption when it sees one: the same wish until it is answered."""
    answer: list[Any] = []

    def answered() -> bool:
        try:
            answer.append(ask())
        except Unexpected as refusal:
            if refusal.answer.get("status") == 409 and "ordered" in str(refusal):
                answer.append(None)
                return True
            if refusal.answer.get("status") != 503:
                raise
            return False
        except OSError:
            return False
        except Exception as error:
            if type(error).__module__.startswith("httpx"):
                return False
            raise
        return True

    wait_until(answered, 60, "an answer")
    return answer[-1]


def ledger(who: Talk) -> int:
    return len(who.get("inspection", "/hazards", area=AREA, limit=200)["items"])


BAD = [
    ("unknown area", "/hazards", {"code": "GAS-01", "area": "420303999999", "place": "x", "origin": "hotline"}, 404),
    ("unknown code", "/hazards", {"code": "GAS-99", "area": AREA, "place": "x", "origin": "hotline"}, 422),
    ("unknown field", "/hazards", {"code": "GAS-01", "area": AREA, "place": "x", "origin": "hotline", "by": "me"}, 422),
    ("unknown household", "/visits", {"household_id": "household-none", "where": {"label": "x"}}, 422),
]


@pytest.mark.parametrize(("why", "path", "body", "status"), BAD, ids=[bad[0] for bad in BAD])
def test_bad_input_gets_a_clear_answer_and_changes_nothing(
    admin: Talk, why: str, path: str, body: dict[str, Any], status: int
) -> None:
    _, worker, _ = people(admin)
    before = ledger(worker)
    refusal = worker.refused("inspection", path, body)
    assert refusal["status"] == status
    assert refusal["detail"]
    assert ledger(worker) == before


def test_illegal_steps_of_a_hazard_are_refused_and_change_nothing(admin: Talk) -> None:
    head, worker, _ = people(admin)
    hazard = report(worker, 900)
    past = datetime(2020, 1, 1, tzinfo=UTC).isoformat()
    assert head.refused("inspection", f"/hazards/{hazard}/order", {"due_at": DUE})["status"] == 422
    assert (
        400
        <= head.refused("inspection", f"/hazards/{hazard}/order", {"owner": "W0001", "due_at": past})["status"]
        < 500
    )
    assert head.refused("inspection", f"/hazards/{hazard}/recheck", {"passed": True})["status"] == 409
    assert head.get("inspection", f"/hazards/{hazard}")["stage"] == "found"


def test_another_area_is_as_if_it_did_not_exist(admin: Talk) -> None:
    _, worker, _ = people(admin)
    stranger = admin.of("W0099", "grid_worker", areas=("420304",))
    hazard = report(worker, 901)
    there = stranger.refused("inspection", f"/hazards/{hazard}/order", {"owner": "W0099", "due_at": DUE})
    nowhere = stranger.refused("inspection", "/hazards/hazard-none/order", {"owner": "W0099", "due_at": DUE})
    assert there["status"] == nowhere["status"] == 404
    assert stranger.get("inspection", "/hazards")["items"] == []


def test_a_malformed_or_oversized_table_is_refused_whole(admin: Talk, tmp_path: Any) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("户编号,社区代码,楼栋,详细地址\nH-1,420303002002,1号楼,x\nH-2,nowhere,1号楼,x\n", encoding="utf-8")
    with pytest.raises(Unexpected) as refusal:
        list(admin.send_file("registry", "/imports/households", bad))
    assert refusal.value.answer["status"] == 422
    assert "3" in str(refusal.value.answer["errors"])
    large = {"code": "GAS-01", "area": AREA, "place": "x" * 1_100_000, "origin": "hotline"}
    assert admin.refused("inspection", "/hazards", large)["status"] == 413
