"""The town that the load works in: real areas, invented people, through the services' own routes."""

import csv
import io
import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from deploy.embedded.places import ROOT
from shared import access
from shared.access import Actor
from shared.event import Envelope
from shared.events.registry import AreaNamed, AreasDefined
from tests.faults import log
from tests.faults.ground import City

AREAS = ROOT / "deploy" / "sample" / "areas.csv"
COUNTY = "420303"
COMMUNITIES = ("420303002002", "420303002004", "420303003002", "420303003004", "420303004001", "420303004010")
ROLES = ("grid_worker", "dispatcher", "community_head", "admin")
HOMES_EACH = 8
REACHED = 3
"""How many of the workers have a telephone, so that their messages leave the house."""


@dataclass
class Town:
    """`leads` and `doers` by community; `homes` are household, community and somebody who lives there."""

    leads: dict[str, str] = field(default_factory=dict)
    doers: dict[str, list[str]] = field(default_factory=dict)
    homes: list[tuple[str, str, str]] = field(default_factory=list)

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)))

    @classmethod
    def read(cls, path: Path) -> "Town":
        return cls(**json.loads(path.read_text()))


def staffed() -> Town:
    """A lead and three who do the work, for each community. Enough where only hazards are reported."""
    town = Town()
    for number, code in enumerate(COMMUNITIES):
        town.leads[code] = f"L{number:02d}"
        town.doers[code] = [f"W{number:02d}{letter}" for letter in "abc"]
    return town


class Office:
    """An admin who sets the town up. Asks again while services have yet to hear of each other."""

    def __init__(self, city: City, token_key: bytes) -> None:
        self._ports, self._key = city.ports(), token_key
        self._http = httpx.Client(timeout=30)

    def send(self, service: str, method: str, path: str, body: Any = None, by: str = "O0001") -> Any:
        table = isinstance(body, bytes)
        content = body if table else json.dumps(body if body is not None else {}).encode()
        headers = {
            "Authorization": f"Bearer {access.mint(self._key, Actor(by, ROLES, ('4203',)))}",
            "Idempotency-Key": uuid4().hex,
            "Content-Type": "text/csv" if table else "application/json",
        }
        end = time.monotonic() + 30
        while True:
            url = f"http://127.0.0.1:{self._ports[service][0]}{path}"
            answer = self._http.request(method, url, content=content, headers=headers)
            if answer.status_code < 400:
                return answer.json()
            if answer.status_code not in (404, 503) or time.monotonic() > end:
                raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
            time.sleep(0.1)

    def halted(self) -> list[tuple[str, str]]:
        """Those that had halted, and why; they are resumed."""
        found = []
        for service, ports in self._ports.items():
            for port in ports:
                try:
                    body = self._http.get(f"http://127.0.0.1:{port}/health/ready", timeout=2).json()
                except (httpx.TransportError, ValueError):
                    continue
                reasons = [trouble for trouble in body.get("troubles", ()) if trouble.startswith("halted")]
                if reasons and self._resume(port):
                    found.append((f"{service} on {port}", reasons[0]))
        return found

    def _resume(self, port: int) -> bool:
        headers = {"Authorization": f"Bearer {access.mint(self._key, Actor('O0001', ROLES, ('4203',)))}"}
        try:
            return self._http.post(f"http://127.0.0.1:{port}/ops/resume", headers=headers).status_code == 200
        except httpx.TransportError:
            return False


def set_up_hazards_only(city: City, token_key: bytes) -> Town:
    """For a trial without the registry: the areas stand on its topic already."""
    town = staffed()
    _enlist(Office(city, token_key), town)
    return town


def set_up(city: City, token_key: bytes) -> Town:
    office = Office(city, token_key)
    office.send("registry", "POST", "/areas/import", table_of_areas())
    town = staffed()
    _enlist(office, town)
    for code in COMMUNITIES:
        for number in range(HOMES_EACH):
            home = {"area": code, "label": f"{number + 1}号楼"}
            id = office.send("registry", "POST", "/households", home)["id"]
            lives = office.send("registry", "POST", "/residents", {"household_id": id, "name": f"王{number}"})
            town.homes.append((id, code, lives["id"]))
    for number, code in enumerate(COMMUNITIES[:REACHED]):
        path = "/preferences/me/addresses/sms"
        office.send("notification", "PUT", path, {"address": f"1380000000{number}"}, by=town.doers[code][0])
    return town


def _enlist(office: Office, town: Town) -> None:
    streets = sorted({code[:9] for code in COMMUNITIES})
    posted = [(f"S{code[-3:]}", code, False) for code in (*streets, COUNTY, "4203")]
    posted += [(number, code, True) for code, number in town.leads.items()]
    posted += [(number, code, False) for code, numbers in town.doers.items() for number in numbers]
    for number, code, lead in posted:
        worker = {"number": number, "name": f"李{number}", "area": code, "lead": lead, "skills": ["visit"]}
        office.send("dispatch", "POST", "/workers", worker)


def table_of_areas() -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("code", "name", "level", "parent"))
    writer.writerows(areas())
    return text.getvalue().encode()


async def state_areas(kafka: str, topic: str) -> None:
    """What the registry would say, said by hand."""
    named = {code: [AreaNamed(code=c, name=name) for c, name, *_ in areas() if c[:6] == code] for code in (COUNTY,)}
    async with log.sender(kafka) as out:
        for code, below in {"4203": [AreaNamed(code="4203", name="十堰市")], **named}.items():
            fact = AreasDefined(area=code, areas=below, at=datetime(2026, 2, 2, 1, tzinfo=UTC))
            told = Envelope(
                id=f"places-{code}#1",
                type=fact.type(),
                source="registry",
                subject=f"places-{code}",
                sequence=1,
                cause=f"http/O0001/POST /areas/import/{code}",
                time=fact.at,
                trace="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                data=fact.model_dump_json().encode(),
            )
            await out.send_and_wait(topic, told.data, key=told.subject.encode(), headers=told.headers())


def areas() -> Iterator[tuple[str, str, str, str]]:
    """The city, its county, and the streets and communities that are worked in."""
    wanted = {"4203", COUNTY, *(code[:9] for code in COMMUNITIES), *COMMUNITIES}
    with AREAS.open(encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            if row["code"] in wanted:
                yield row["code"], row["name"], row["level"], row["parent"]
