"""People at their desks, for the tests over HTTP."""

from typing import Any

from services.registry.api import routers
from shared.tables.codes import check_character
from shared.testing.client import Client, Served
from tests.registry.city import COMMUNITY, GRID, OTHER, City

IDENTITY = "42030319480312001" + check_character("42030319480312001")
"""Synthetic: no such person."""


class Office:
    """A community's clerk, a neighbour community's, and a street's head, before one city."""

    def __init__(self) -> None:
        self.city = City()
        self.served = Served("registry", self.city, routers)
        self.clerk = self.served.as_("W0001", "community_head", scopes=(COMMUNITY,))
        self.neighbour = self.served.as_("W0002", "community_head", scopes=(OTHER[:12],))
        self.street = self.served.as_("W0003", "street", scopes=("420303004",))

    def home(self, client: Client | None = None, **known: Any) -> str:
        body = {"area": GRID, "label": "3号楼", "address": "3号楼2单元501室"} | known
        answer = (client or self.clerk).post("/households", body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def person(self, home: str, **known: Any) -> dict[str, Any]:
        body = {"household_id": home, "name": "王建国", "phone": "13812345521", "identity": IDENTITY} | known
        answer = self.clerk.post("/residents", body)
        assert answer.status_code == 201, answer.text
        self.city.settle()
        return dict(answer.json())
