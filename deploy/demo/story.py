"""Who plays, what they do at a door, and the lines that are shown: every fact in them was read from a service."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from rich.console import Console

from deploy.demo import day
from deploy.demo.talk import Talk

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

    def jump(self, **ahead: float) -> None:
        moment = day.jump_to(self.clock, day.now(self.clock) + timedelta(**ahead))
        self.console.print(f"  [dim]         the clock jumps to {moment:%H:%M}[/]")

    def jump_to(self, hour: int, minute: int) -> None:
        today = day.now(self.clock)
        wanted = today.replace(hour=hour, minute=minute, second=0, microsecond=0)
        if wanted > today:
            self.jump(seconds=(wanted - today).total_seconds())
