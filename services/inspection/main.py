"""The inspection service: `uvicorn services.inspection.main:app`."""

from services.inspection import handlers
from services.inspection.api import hazards as loop
from services.inspection.api import ledger, lists, visits
from services.inspection.store import dues, hazards, households
from services.inspection.store import visits as visited
from shared.places import places
from shared.service import service

app = service(
    "inspection",
    stores=[visited, hazards, households, dues, places],
    on=handlers.on,
    api=[visits.router, ledger.router, loop.router, lists.router],
)
