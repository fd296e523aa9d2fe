"""Logs as JSON lines: time, level, where, what, and the id, cause and subject where there are any."""

import json
import logging
from datetime import UTC, datetime

KNOWN = ("id", "cause", "subject", "path")


class JsonLines(logging.Formatter):
    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "service": self._service,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line.update({name: getattr(record, name) for name in KNOWN if hasattr(record, name)})
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def set_up(service: str, level: str) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines(service))
    logging.root.handlers = [handler]
    logging.root.setLevel(level)
    levels = {"httpx": "WARNING", "apprise": "WARNING", "nuanxin.faststream": "ERROR", "aiokafka": "CRITICAL"}
    levels |= {"aiokafka.consumer": "WARNING", "aiokafka.producer": "WARNING"}
    for name, least in levels.items():
        # A broker that is away is said once a try by whoever waits for it, not ten times a second.
        logging.getLogger(name).setLevel(least)
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = True
