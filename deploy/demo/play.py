"""One round, played live: from a knock at a door to a hazard that is closed, and a door that stays shut."""

from datetime import datetime, timedelta
from typing import Any

from deploy.demo import day
from deploy.demo.story import COMMUNITY, Story
from deploy.demo.talk import Talk
from shared import calendar


def close_hazard(story: Story, hazard_id: str) -> None:
    """Arrange, order, rectify, recheck that fails, rectify again, recheck that passes."""
    owner, other = story.workers[0], story.workers[1]
    arrange = story.task_about(hazard_id, "arrange")
    story.say("dispatch", f"“{arrange['title']}” waits for the lead ({arrange['urgency']})")
    due = day.now(story.clock) + timedelta(hours=2)
    story.head.post("inspection", f"/hazards/{hazard_id}/order", {"owner": owner.actor.id, "due_at": due.isoformat()})
    story.say("inspection", f"ordered: {owner.actor.id} rectifies by {due:%H:%M}")
    rectify(story, hazard_id, owner, "已清理，炉具外移")
    refusal = owner.refused("inspection", f"/hazards/{hazard_id}/recheck", {"passed": True})
    story.say("inspection", f"{owner.actor.id} may not recheck: [red]{refusal['status']}[/] {refusal['detail']}")
    story.task_about(hazard_id, "recheck")
    later = day.now(story.clock) + timedelta(hours=2)
    failed = {"passed": False, "note": "仍无通风", "due_at": later.isoformat()}
    other.post("inspection", f"/hazards/{hazard_id}/recheck", failed)
    story.say("inspection", f"{other.actor.id} rechecks: not good, another round, due {later:%H:%M}")
    rectify(story, hazard_id, owner, "已加装排烟管")
    story.task_about(hazard_id, "recheck")
    passed = other.post("inspection", f"/hazards/{hazard_id}/recheck", {"passed": True, "evidence": "photo-2"})
    story.say("inspection", f"recheck passed: the hazard is [bold]{passed['stage']}[/] in round {passed['round']}")


def rectify(story: Story, hazard_id: str, owner: Talk, done: str) -> None:
    task = story.task_about(hazard_id, "rectify")
    owner.post("inspection", f"/hazards/{hazard_id}/rectify", {"done": done, "evidence": "photo-1"})
    story.wait_done(task)
    story.say("inspection", f"{owner.actor.id} rectified it (round {task['round']})")


def shut_door(story: Story, task: dict[str, Any]) -> None:
    """No answer twice: a red welfare check; nobody takes it: the lead, the street, the city are told."""
    knocks = story.workers[0]
    knocks.post("dispatch", f"/tasks/{task['id']}/claim")
    story.visit(knocks, task, "no_answer")
    rests = story.head.until(
        lambda: story.head.get("dispatch", f"/tasks/{task['id']}"), lambda t: t["stage"] == "suspended", "the rest"
    )
    story.say(
        "dispatch", f"nobody answers at {task['title']}: the visit rests until {_local(rests['suspended_until'])}"
    )
    story.jump(hours=2, minutes=1)
    story.head.until(
        lambda: story.head.get("dispatch", f"/tasks/{task['id']}"), lambda t: t["stage"] != "suspended", "it to wake"
    )
    story.say("dispatch", "it is back in the queue by itself")
    story.visit(knocks, task, "no_answer")
    story.head.until(
        lambda: story.head.get("dispatch", f"/tasks/{task['id']}"), lambda t: t["stage"] == "suspended", "the rest"
    )
    story.jump_to(18, 1)
    check = story.task_about(task["subject"], "welfare-check")
    story.say("dispatch", f"still no answer at 18:00: [red]“{check['title']}” ({check['urgency']})[/]")
    story.jump(minutes=36)
    told = story.head.until(lambda: escalations(story, check["id"]), lambda found: len(found) >= 3, "the escalations")
    who = ", ".join(sorted({each["recipient"] for each in told}))
    story.say("notification", f"nobody took it: {len(told)} red messages went up to {who}")
    found = story.workers[1]
    found.post("dispatch", f"/tasks/{check['id']}/claim")
    found.post("dispatch", f"/tasks/{check['id']}/start")
    found.post("dispatch", f"/tasks/{check['id']}/complete", {"outcome": "safe", "note": "在女儿家"})
    story.say("dispatch", f"{found.actor.id} finds the neighbour safe and well: done")


def escalations(story: Story, task_id: str) -> list[dict[str, Any]]:
    found = story.admin.get("notification", "/messages", area=COMMUNITY, limit=200)["items"]
    return [each for each in found if each["rule"] == "escalated" and each["about"] == task_id]


def _local(moment: str) -> str:
    return f"{datetime.fromisoformat(moment).astimezone(calendar.ZONE):%H:%M}"


def play(story: Story) -> str:
    """Returns the hazard's id, to trace."""
    story.title("敲门行动: a door-knock round in 周家沟社区")
    round_id = story.start_round()
    visits = story.wait_for_visits(round_id)
    first, second = story.workers[0], story.workers[1]
    story.claim(visits[0], first, second)
    hazard = {"code": "HEA-01", "place": "厨房"}
    needs = [{"code": "SUP-CLOTH"}, {"code": "SUP-FOOD"}]
    seen = story.visit(first, visits[0], findings=needs, hazards=[hazard])
    story.say(
        "inspection", f"one submit: visit completed, 御寒物资 and 存粮 short, a hazard {hazard['code']} (level I)"
    )
    story.wait_done(visits[0])
    story.say("dispatch", "the visit's task is closed by the visit itself")
    for task in visits[1:4]:
        story.visit(second, task)
        story.wait_done(task)
    story.say("inspection", f"{len(visits[1:4])} more households are well")
    story.title("隐患闭环: the hazard's loop")
    found = seen["hazards"][0]
    hazard_id: str = found["reopens"] or found["hazard_id"]
    close_hazard(story, hazard_id)
    if len(visits) > 4:
        story.title("失联: a door that stays shut")
        shut_door(story, visits[4])
    story.title("What the round came to")
    cover = story.head.until(
        lambda: story.head.get("registry", f"/rounds/{round_id}/coverage"),
        lambda c: c["visited"] >= 4,
        "the visits",
        240,
    )
    story.say("registry", f"coverage {cover['visited']} of {cover['targets']} households; the round is over")
    story.head.post("registry", f"/rounds/{round_id}/finish")
    return hazard_id
