"""The outside world: a gateway for short messages that takes every one and writes down which came."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

URL = "json://127.0.0.1:{port}/sms/{{address}}?+X-Message={{message}}"


@contextmanager
def gateway(log: Path) -> Iterator[str]:
    """Yields the Apprise URL. One line of `log` for each call that reached it: the message's id."""
    lock = threading.Lock()
    log.touch()

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            with lock, log.open("a") as file:
                file.write(f"{self.headers['X-Message']}\n")
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Taking)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
    try:
        yield URL.format(port=server.server_port)
    finally:
        server.shutdown()
        server.server_close()
