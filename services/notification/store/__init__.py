"""What notification keeps: who can be told, notices, messages, and what areas do differently."""

from services.notification.store.messages import messages
from services.notification.store.notices import notices
from services.notification.store.people import choices, recipients

__all__ = ["choices", "messages", "notices", "recipients"]
