"""The dispatch service: `uvicorn services.dispatch.main:app`."""

from services.dispatch import handlers
from services.dispatch.api import actions, queue, sheet, workers
from services.dispatch.store import tasks
from services.dispatch.store import workers as people
from shared import places
from shared.service import service

app = service(
    "dispatch",
    stores=[tasks, people, places.places],
    on=handlers.on,
    api=[queue.router, actions.router, sheet.router, workers.router],
)
