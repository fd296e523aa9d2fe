"""A gateway on loopback that answers as it is told to, and writes down every call that reached it."""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

from services.notification.sending.gateway import Gateway

Reply = Literal["ok", "500", "hang", "cut"]
"""`hang` takes the message and never answers; `cut` takes it and closes the connection."""


@dataclass
class Log:
    """`calls` are (channel, address, message id), as they came. `next` are the replies to give, then ok."""

    port: int = 0
    calls: list[tuple[str, str, str]] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)
    next: deque[Reply] = field(default_factory=deque)
    always: Reply = "ok"
    released: threading.Event = field(default_factory=threading.Event)
    gateways: list[Gateway] = field(default_factory=list)

    def gateway(self, *channels: str, call_seconds: float = 5.0) -> Gateway:
        urls = {
            channel: f"json://127.0.0.1:{self.port}/{channel}/{{address}}?+X-Message={{message}}"
            for channel in channels
        }
        self.gateways.append(Gateway(urls, call_seconds))
        return self.gateways[-1]

    def sent(self, channel: str) -> list[str]:
        return [address for name, address, _ in self.calls if name == channel]

    def of(self, message_id: str) -> int:
        return sum(id == message_id for _, _, id in self.calls)


class Server(ThreadingHTTPServer):
    request_queue_size = 64
    daemon_threads = True


async def until(fact: Callable[[], bool], within: float = 10) -> None:
    async with asyncio.timeout(within):
        while not fact():
            await asyncio.sleep(0.002)


@contextmanager
def running() -> Iterator[Log]:
    log = Log()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            _, channel, address = self.path.split("?")[0].split("/", 2)
            log.calls.append((channel, address, self.headers["X-Message"]))
            log.bodies.append(body)
            reply = log.next.popleft() if log.next else log.always
            if reply == "hang":
                log.released.wait(20)
            if reply in ("hang", "cut"):
                self.close_connection = True
                self.connection.close()
                return
            self.send_response(500 if reply == "500" else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            return None

    server = Server(("127.0.0.1", 0), Handler)
    log.port = server.server_port
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield log
    finally:
        log.released.set()
        for gateway in log.gateways:
            gateway.close()
        server.shutdown()
        server.server_close()
