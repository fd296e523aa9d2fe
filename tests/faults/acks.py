"""The acknowledgements as they come, for whoever waits for the next one; the load writes them."""

import json
from pathlib import Path
from typing import Any


class Acks:
    """Reads on in the load's file. `count` are acknowledged commands, `latest` the last one of each port."""

    def __init__(self, path: Path) -> None:
        self._file = path.open()
        self._rest = ""
        self.count = 0
        self.latest: dict[int, float] = {}

    def look(self) -> int:
        text = self._rest + self._file.read()
        *lines, self._rest = text.split("\n")
        for line in lines:
            row: dict[str, Any] = json.loads(line)
            if row["what"] == "ack":
                self.count += 1
                self.latest[row["port"]] = row["at"]
        return self.count
