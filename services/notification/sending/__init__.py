"""Outside effects: due messages are claimed, called through Apprise, and the result is recorded."""

from services.notification.sending.loop import run

__all__ = ["run"]
