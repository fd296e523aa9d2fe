"""What people do all day: a hazard's whole loop with its side roads, visits, comments on one task at once."""

import asyncio
import random
from datetime import UTC, timedelta
from itertools import count, product
from typing import Any

from shared.clock import Clock
from tests.faults.load.teller import Teller
from tests.faults.setup import Town

CODES = ("GAS-01", "ELE-01", "FIR-01", "WAT-01", "HEA-01")
HOME_CODES = ("GAS-02", "GAS-04", "ELE-02", "ELE-03", "HEA-02", "HEA-03", "FIR-04", "STR-01", "COX-01", "SAF-09")
LOOK_FOR = 60.0


class Stories:
    """`left` are hazards that stay as they are, by community; `spots` where homes have had none yet."""

    def __init__(self, teller: Teller, town: Town, clock: Clock) -> None:
        self._teller, self._town, self._clock = teller, town, clock
        self._numbers = count(1)
        self._left: dict[str, list[str]] = {code: [] for code in town.leads}
        self._spots = iter(list(product(town.homes, HOME_CODES)))

    async def any(self) -> None:
        """One story from its beginning to its end."""
        community = random.choice(list(self._town.leads))
        if self._town.homes and random.random() < 0.15:
            await self.visit()
        else:
            await self.hazard(community)

    async def hazard(self, community: str) -> None:
        finder = random.choice(self._town.doers[community])
        number = next(self._numbers)
        body: dict[str, Any] = {
            "code": CODES[number % len(CODES)],
            "place": f"{number % 90}号楼{number}",
            "origin": "property",
            "area": community,
        }
        says = ["hazard-found"]
        fate = random.random()
        if fate < 0.05:
            body["fixed"] = {"evidence": "photo-1"}
            says.append("hazard-closed")
        elif fate < 0.1:
            body["order"] = {"owner": finder, "due_at": self._in(48)}
            says.append("hazard-ordered")
        elder = self._elder(community)
        found = await self._teller.tell(finder, "inspection", "/hazards", body, says)
        if found is not None:
            owner = finder if "order" in body else None
            await self._go_on(found["id"], community, owner, elder, fate)

    def _elder(self, community: str) -> str | None:
        """One that is open and found already: what is found from now on may be merged into it."""
        return self._left[community][-1] if self._left[community] else None

    async def _go_on(self, id: str, community: str, owner: str | None, elder: str | None, fate: float) -> None:
        """From what was just found, or ordered already."""
        lead, left = self._town.leads[community], self._left[community]
        if fate < 0.05:
            return
        if owner is None and fate < 0.13:
            await self._act(lead, id, "dismiss", {"reason": "not-a-hazard"}, "hazard-dismissed")
        elif owner is None and fate < 0.15 and elder is not None:
            await self._act(lead, id, "merge", {"into": elder}, "hazard-merged")
        elif owner is None and fate < 0.19:
            left.append(id)
        else:
            await self._loop(id, community, owner)

    async def _loop(self, id: str, community: str, owner: str | None) -> None:
        lead, doers = self._town.leads[community], self._town.doers[community]
        if owner is None:
            owner = random.choice(doers)
            if await self._act(lead, id, "order", {"owner": owner, "due_at": self._in(48)}, "hazard-ordered") is None:
                return
        roll = random.random()
        if random.random() < (0.15 if self._teller.plan.whole else 0.5):
            await self._talk(id, owner, community)
        elif roll < 0.12:
            owner = next(each for each in doers if each != owner)
            await self._act(lead, id, "reassign", {"owner": owner}, "hazard-reassigned")
        elif roll < 0.24:
            await self._act(lead, id, "extend", {"due_at": self._in(72), "reason": "等材料"}, "hazard-extended")
        elif roll < 0.32:
            await self._hand_over(id, lead)
            await self._recheck(id, next(each for each in doers if each != owner))
            return
        elif roll < 0.36:
            return
        await self._to_the_end(id, owner, next(each for each in doers if each != owner))

    async def _to_the_end(self, id: str, owner: str, other: str) -> None:
        await self._act(owner, id, "rectify", {"done": "已整改", "evidence": "photo-1"}, "hazard-rectified")
        if random.random() < 0.2:
            failed = {"passed": False, "note": "仍不合格", "due_at": self._in(24)}
            await self._act(other, id, "recheck", failed, "hazard-recheck-failed")
            await self._act(owner, id, "rectify", {"done": "已再整改", "evidence": "photo-2"}, "hazard-rectified")
        await self._recheck(id, other)
        if random.random() < 0.05:
            await self._act(other, id, "reopen", {"note": "又发现"}, "hazard-reopened")

    async def _recheck(self, id: str, other: str) -> None:
        await self._act(other, id, "recheck", {"passed": True, "evidence": "photo-3"}, "hazard-closed")

    async def _hand_over(self, id: str, lead: str) -> None:
        away = {"unit": "燃气公司", "reference": "case-1"}
        await self._act(lead, id, "hand-over", away, "hazard-handed-over")
        back = {"outcome": "rectified", "done": "已更换", "evidence": "paper-1"}
        await self._act(lead, id, "hand-back", back, "hazard-rectified")

    async def _talk(self, id: str, owner: str, community: str) -> None:
        """The order's task: everybody comments on it at once, and its owner takes it and begins."""
        task = await self._task_of(id, owner)
        if task is None:
            return
        lead, doers = self._town.leads[community], self._town.doers[community]
        said = [self._on_task(who, task, "comments", {"text": "收到"}, "task-commented") for who in (lead, *doers) * 2]
        await asyncio.gather(*said, self._on_task(owner, task, "accept", {}, "task-accepted"))
        await self._on_task(owner, task, "start", {}, "task-started")

    async def _task_of(self, hazard: str, owner: str) -> str | None:
        end = asyncio.get_running_loop().time() + LOOK_FOR
        while asyncio.get_running_loop().time() < end:
            page = await self._teller.ask(owner, "dispatch", f"/tasks?subject={hazard}&kind=rectify")
            found = [task["id"] for task in (page or {}).get("items", ()) if task["stage"] == "assigned"]
            if found:
                return str(found[0])
            await asyncio.sleep(0.3)
        return None

    async def visit(self) -> None:
        """One submit with two hazards, as long as there are homes without; their loops after it."""
        spots = [spot for spot in (next(self._spots, None), next(self._spots, None)) if spot is not None]
        home, community, resident = spots[0][0] if spots else random.choice(self._town.homes)
        spots = [spot for spot in spots if spot[0][0] == home]
        by = random.choice(self._town.doers[community])
        body = {
            "household_id": home,
            "residents": [resident],
            "where": {"label": "3号楼"},
            "arrived_at": self._in(-0.1),
            "done": "敲门探访",
            "hazards": [{"code": code, "place": "厨房"} for _, code in spots],
        }
        elder = self._elder(community)
        seen = await self._teller.tell(by, "inspection", "/visits", body, ["visit-completed"])
        for hazard in (seen or {}).get("hazards", ()):
            await self._go_on(hazard["hazard_id"], community, None, elder, random.uniform(0.1, 1))

    async def clerk(self) -> None:
        """Changes a household's label, again and again."""
        home, *_ = random.choice(self._town.homes)
        label = {"label": f"{next(self._numbers)}号院"}
        await self._teller.tell("O0001", "registry", f"/households/{home}/change", label, ["household-changed"])
        await asyncio.sleep(0.4)

    async def reader(self) -> None:
        """Somebody reads the inbox, and says so."""
        who = random.choice([each for doers in self._town.doers.values() for each in doers])
        page = await self._teller.ask(who, "notification", "/inbox?unread=true&limit=2")
        for message in (page or {}).get("items", ()):
            path = f"/inbox/{message['id']}/acknowledge"
            await self._teller.tell(who, "notification", path, {}, ["message-acknowledged"])
        await asyncio.sleep(0.4)

    async def _act(self, by: str, id: str, what: str, body: dict[str, Any], says: str) -> Any:
        return await self._teller.tell(by, "inspection", f"/hazards/{id}/{what}", body, [says], id)

    async def _on_task(self, by: str, id: str, what: str, body: dict[str, Any], says: str) -> Any:
        return await self._teller.tell(by, "dispatch", f"/tasks/{id}/{what}", body, [says], id)

    def _in(self, hours: float) -> str:
        moment = self._clock.now() + timedelta(hours=hours)
        return moment.astimezone(UTC).isoformat(timespec="milliseconds")
