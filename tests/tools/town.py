"""A town in one process: the real routes and rules of three services over the fake store, facts carried
from one to the other by hand, on a clock that stands at 09:00 on 2 February 2026."""

import json
import time
from pathlib import Path

import httpx

from deploy.tools.ask import City
from deploy.tools.where import Place
from services.dispatch.api import actions, queue
from services.dispatch.main import app as dispatch_app
from services.inspection.api import hazards, ledger, lists
from services.inspection.main import app as inspection_app
from services.registry.areas.api import router as areas_router
from services.registry.areas.store import areas, zones
from shared import access
from shared.access import Actor
from shared.events.registry import AreasDefined
from shared.reactions import Reactions
from shared.testing.client import KEY, Served
from shared.testing.scenario import START, Scenario, Told

STREET, COMMUNITY = "420303002", "420303002002"
AREAS = """code,name,level,parent
4203,十堰市,city,
420303,张湾区,county,4203
420303002,红卫街道,street,420303
420303002002,周家沟社区居民委员会,community,420303002
"""
NOWHERE = Place("notification", "notification", "http://127.0.0.1:1")


class Town:
    """`city` asks it as the tools do; `stand_still` writes the clock file that says so."""

    def __init__(self) -> None:
        registry = Scenario(Reactions(), areas, zones)
        self.dispatch = Scenario(dispatch_app.state.blueprint.on, *dispatch_app.state.blueprint.stores)
        self.inspection = Scenario(inspection_app.state.blueprint.on, *inspection_app.state.blueprint.stores)
        self.served = {
            "registry": Served("registry", registry, [areas_router]),
            "dispatch": Served("dispatch", self.dispatch, [queue.router, actions.router]),
            "inspection": Served("inspection", self.inspection, [hazards.router, ledger.router, lists.router]),
        }
        answer = (
            self.served["registry"]
            .as_("O0001", "operator")
            .post("/areas/import", AREAS.encode(), content_type="text/csv")
        )
        assert answer.status_code == 200, answer.text
        for number, defined in enumerate(e for e in registry.said if isinstance(e, AreasDefined)):
            told = Told(defined, f"places-{defined.area}", number + 1)
            self.dispatch.given(told)
            self.inspection.given(told)

    def city(self, *more: Place) -> City:
        places = [Place(name, name, f"http://{name}.test") for name in self.served]
        transports = {f"http://{name}.test": served._http._transport for name, served in self.served.items()}
        token = access.mint(KEY, Actor("O0001", ("operator",), ("4203",)))
        http = httpx.Client(mounts=transports, headers={"Authorization": f"Bearer {token}"}, trust_env=False)
        return City(http, [*places, *more])

    def report(self, code: str, place: str, **more: object) -> None:
        """A hazard comes in by the hotline; dispatch hears of it."""
        body = {"origin": "hotline", "area": COMMUNITY, "code": code, "place": place, **more}
        before = len(self.inspection.said)
        answer = self.served["inspection"].as_("D0001").post("/hazards", body)
        assert answer.status_code == 201, answer.text
        id = answer.json()["id"]
        said = self.inspection.said[before:]
        self.dispatch.when(*(Told(event, id, number) for number, event in enumerate(said, 1)))


def stand_still(data: Path) -> None:
    data.mkdir(exist_ok=True)
    leg = {"since": time.time() - 1, "domain": START.timestamp(), "speed": 1e-9}
    (data / "clock.json").write_text(json.dumps([leg]))
