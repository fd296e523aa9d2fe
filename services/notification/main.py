"""The notification service: `uvicorn services.notification.main:app`."""

from services.notification import handlers, sending
from services.notification.api import inbox, messages, preferences, rules
from services.notification.store import choices, notices, recipients
from services.notification.store import messages as told
from shared.places import places
from shared.service import service

app = service(
    "notification",
    stores=[told, notices, recipients, choices, places],
    on=handlers.on,
    api=[inbox.router, messages.router, preferences.router, rules.router],
    workers=[sending.run],
)
