"""One round, played live: from a knock at a door to a hazard that is closed, and a door that stays shut."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console

from deploy.demo import day
from deploy.demo.talk import Talk
from shared import calendar

COMMUNITY = "420303002002"
STREET = "420303002"
COLOURS = {"registry": "cyan", "dispatch": "yellow", "inspection": "green", "notification": "magenta"}


@dataclass
class Story:
    """Who plays, and the lines that are shown. Every fact in a line was read from a service."""

    admin: Talk
    console: Console
    clock: Path
    lead: Talk = field(init=False)
    workers: list[Talk] = field(init=False)
    head: Talk = field(init=False)

    def cast(self) -> None:
        """The community's people on duty, from dispatch's own list."""
        found = self.admin.get("dispatch", "/workers", area=COMMUNITY, limit=200)["items"]
        here = [each for each in found if each["area"] == COMMUNITY and each["on_duty"]]
        leads = [each["number"] for each in here if each["lead"]]
        others = [each["number"] for each in here if not each["lead"]]
        self.lead = self.admin.of(leads[0], "grid_worker", areas=(COMMUNITY,))
        self.workers = [self.admin.of(number, "grid_worker", areas=(COMMUNITY,)) for number in others]
        self.head = self.admin.of("H0001", "community_head", areas=(COMMUNITY,))

    def say(self, service: str, line: str) -> None:
        at = day.now(self.clock)
        self.console.print(
            f"  [dim]{at:%H:%M:%S}[/] [{COLOURS[service]}]{service:<12}[/] {line}", highlight=False, soft_wrap=True
        )

    def title(self, line: str) -> None:
        self.console.print(f"\n[bold]{line}[/]")

    # -- the round -------------------------------------------------------------------------------
    def start_round(self) -> str:
        today = day.now(self.clock).date().isoformat()
        wanted = {"area": COMMUNITY, "name": f"敲门行动 {today}", "ends": today, "categories": ["C01"]}
        round_id: str = self.head.post("registry", "/rounds", wanted)["id"]
        self.head.post("registry", f"/rounds/{round_id}/start")
        cover = self.head.until(
            lambda: self.head.get("registry", f"/rounds/{round_id}/coverage"), lambda c: c["frozen"], "the targets"
        )
        self.say("registry", f"敲门行动 started: {cover['targets']} households with 独居 are its frozen targets")
        return round_id

    def queue(self, **asked: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.head.get("dispatch", "/tasks", area=COMMUNITY, limit=200, **asked)["items"]
        return found

    def wait_for_visits(self, round_id: str) -> list[dict[str, Any]]:
        """The round's visits that nobody has yet; a household on a care plan is visited once, for both."""
        found = self.head.get("registry", f"/rounds/{round_id}/targets", limit=200)["items"]
        homes = {each["household"] for each in found}
        today = day.now(self.clock).date().isoformat()

        def standing() -> list[dict[str, Any]]:
            visits = self.queue(kind="visit", sort="due")
            return [task for task in visits if task["subject"] in homes and task["day"] == today]

        visits = self.head.until(standing, lambda tasks: len(tasks) >= len(homes), "the visits")
        self.say("dispatch", f"{len(visits)} visits of the round stand in the queue of 周家沟社区")
        return [task for task in visits if task["stage"] == "open"]

    # -- visits ----------------------------------------------------------------------------------
    def claim(self, task: dict[str, Any], first: Talk, second: Talk) -> None:
        first.post("dispatch", f"/tasks/{task['id']}/claim")
        self.say("dispatch", f"{first.actor.id} claims the visit to {task['title']}")
        refusal = second.refused("dispatch", f"/tasks/{task['id']}/claim")
        self.say("dispatch", f"{second.actor.id} comes second: [red]{refusal['status']}[/] {refusal['detail']}")
        first.post("dispatch", f"/tasks/{task['id']}/start")

    def visit(self, who: Talk, task: dict[str, Any], outcome: str = "completed", **found: Any) -> dict[str, Any]:
        at = day.now(self.clock)
        home = self.admin.get("registry", "/residents", household=task["subject"])["items"]
        body = {
            "household_id": task["subject"],
            "residents": [each["id"] for each in home[:1]] if outcome == "completed" else [],
            "outcome": outcome,
            "where": {"label": "周家沟社区"},
            "arrived_at": (at - timedelta(minutes=1)).isoformat(),
            "left_at": at.isoformat(),
            "done": "敲门探访，讲解取暖通风要点",
            "answers": [
                {"checklist": "daily", "item": item, "answer": answer} for item, answer in self.daily_answers().items()
            ]
            if outcome == "completed"
            else [],
            **found,
        }
        seen: dict[str, Any] = who.post("inspection", "/visits", body)
        return seen

    def daily_answers(self) -> dict[str, str]:
        """The three checks of a daily visit, all well, in the words that the service's checklist takes."""
        lists = self.admin.get("inspection", "/checklists")["items"]
        items = next(each for each in lists if each["id"] == "daily")["items"]
        return {item["id"]: next(c["value"] for c in item["choices"] if not c["wrong"]) for item in items}

    def wait_done(self, task: dict[str, Any]) -> None:
        self.head.until(
            lambda: self.head.get("dispatch", f"/tasks/{task['id']}"),
            lambda t: t["stage"] == "done",
            "the task to close",
        )

    def task_about(self, subject: str, kind: str) -> dict[str, Any]:
        found = self.head.until(
            lambda: [
                t for t in self.queue(subject=subject) if t["kind"] == kind and t["stage"] not in ("done", "cancelled")
            ],
            bool,
            f"{kind} for {subject}",
        )
        return found[0]

    # -- the hazard ------------------------------------------------------------------------------
    def close_hazard(self, hazard_id: str) -> None:
        """Arrange, order, rectify, recheck that fails, rectify again, recheck that passes."""
        owner, other = self.workers[0], self.workers[1]
        arrange = self.task_about(hazard_id, "arrange")
        self.say("dispatch", f"“{arrange['title']}” waits for the lead ({arrange['urgency']})")
        due = day.now(self.clock) + timedelta(hours=2)
        self.head.post(
            "inspection", f"/hazards/{hazard_id}/order", {"owner": owner.actor.id, "due_at": due.isoformat()}
        )
        self.say("inspection", f"ordered: {owner.actor.id} rectifies by {due:%H:%M}")
        self.rectify(hazard_id, owner, "已清理，炉具外移")
        refusal = owner.refused("inspection", f"/hazards/{hazard_id}/recheck", {"passed": True})
        self.say("inspection", f"{owner.actor.id} may not recheck: [red]{refusal['status']}[/] {refusal['detail']}")
        self.task_about(hazard_id, "recheck")
        later = day.now(self.clock) + timedelta(hours=2)
        failed = {"passed": False, "note": "仍无通风", "due_at": later.isoformat()}
        other.post("inspection", f"/hazards/{hazard_id}/recheck", failed)
        self.say("inspection", f"{other.actor.id} rechecks: not good, another round, due {later:%H:%M}")
        self.rectify(hazard_id, owner, "已加装排烟管")
        self.task_about(hazard_id, "recheck")
        passed = other.post("inspection", f"/hazards/{hazard_id}/recheck", {"passed": True, "evidence": "photo-2"})
        self.say("inspection", f"recheck passed: the hazard is [bold]{passed['stage']}[/] in round {passed['round']}")

    def rectify(self, hazard_id: str, owner: Talk, done: str) -> None:
        task = self.task_about(hazard_id, "rectify")
        owner.post("inspection", f"/hazards/{hazard_id}/rectify", {"done": done, "evidence": "photo-1"})
        self.wait_round(task)
        self.say("inspection", f"{owner.actor.id} rectified it (round {task['round']})")

    def wait_round(self, task: dict[str, Any]) -> None:
        self.head.until(
            lambda: self.head.get("dispatch", f"/tasks/{task['id']}"),
            lambda t: t["stage"] == "done",
            "the task to close",
        )

    # -- the door that stays shut ------------------------------------------------------------------
    def shut_door(self, task: dict[str, Any]) -> None:
        """No answer twice: a red welfare check; nobody takes it: the lead, the street, the city are told."""
        knocks = self.workers[0]
        knocks.post("dispatch", f"/tasks/{task['id']}/claim")
        self.visit(knocks, task, "no_answer")
        rests = self.head.until(
            lambda: self.head.get("dispatch", f"/tasks/{task['id']}"), lambda t: t["stage"] == "suspended", "the rest"
        )
        self.say(
            "dispatch", f"nobody answers at {task['title']}: the visit rests until {_local(rests['suspended_until'])}"
        )
        self.jump(hours=2, minutes=1)
        self.head.until(
            lambda: self.head.get("dispatch", f"/tasks/{task['id']}"), lambda t: t["stage"] != "suspended", "it to wake"
        )
        self.say("dispatch", "it is back in the queue by itself")
        self.visit(knocks, task, "no_answer")
        self.head.until(
            lambda: self.head.get("dispatch", f"/tasks/{task['id']}"), lambda t: t["stage"] == "suspended", "the rest"
        )
        self.jump_to(18, 1)
        check = self.task_about(task["subject"], "welfare-check")
        self.say("dispatch", f"still no answer at 18:00: [red]“{check['title']}” ({check['urgency']})[/]")
        self.jump(minutes=36)
        told = self.head.until(lambda: self.escalations(check["id"]), lambda found: len(found) >= 3, "the escalations")
        who = ", ".join(sorted({each["recipient"] for each in told}))
        self.say("notification", f"nobody took it: {len(told)} red messages went up to {who}")
        found = self.workers[1]
        found.post("dispatch", f"/tasks/{check['id']}/claim")
        found.post("dispatch", f"/tasks/{check['id']}/start")
        found.post("dispatch", f"/tasks/{check['id']}/complete", {"outcome": "safe", "note": "在女儿家"})
        self.say("dispatch", f"{found.actor.id} finds the neighbour safe and well: done")

    def escalations(self, task_id: str) -> list[dict[str, Any]]:
        found = self.admin.get("notification", "/messages", area=COMMUNITY, limit=200)["items"]
        return [each for each in found if each["rule"] == "escalated" and each["about"] == task_id]

    def jump(self, **ahead: float) -> None:
        moment = day.jump_to(self.clock, day.now(self.clock) + timedelta(**ahead))
        self.console.print(f"  [dim]         the clock jumps to {moment:%H:%M}[/]")

    def jump_to(self, hour: int, minute: int) -> None:
        today = day.now(self.clock)
        wanted = today.replace(hour=hour, minute=minute, second=0, microsecond=0)
        if wanted > today:
            self.jump(seconds=(wanted - today).total_seconds())


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
    story.close_hazard(hazard_id)
    if len(visits) > 4:
        story.title("失联: a door that stays shut")
        story.shut_door(visits[4])
    story.head.post("registry", f"/rounds/{round_id}/finish")
    cover = story.head.get("registry", f"/rounds/{round_id}/coverage")
    story.title("What the round came to")
    story.say("registry", f"coverage {cover['visited']} of {cover['targets']} households")
    return hazard_id
