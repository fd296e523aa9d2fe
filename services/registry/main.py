"""The registry service: `uvicorn services.registry.main:app`."""

from services.registry import handlers
from services.registry.api import routers
from services.registry.areas import api as areas_api
from services.registry.areas.store import areas, zones
from services.registry.store import households, residents, round_targets, rounds
from shared.service import service

app = service(
    "registry",
    stores=[areas, zones, households, residents, round_targets, rounds],
    on=handlers.on,
    api=[areas_api.router, *routers],
)
