"""Ports of this machine: which are busy and who holds them, and free ones for tests."""

import random
import socket
from collections.abc import Mapping
from itertools import islice

import psutil

from deploy.embedded.places import HOST, EngineError

# Below the range the system hands out for outgoing connections: nothing takes one while its engine restarts.
FREE = range(20000, 32000)


def is_free(port: int) -> bool:
    with socket.socket() as asked:
        asked.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            asked.bind((HOST, port))
        except OSError:
            return False
        return True


def holder(port: int) -> str:
    """Who listens on the port, as `name (pid 123)`; `unknown` when that is not ours to see."""
    try:
        for found in psutil.net_connections(kind="tcp"):
            listens = found.status == psutil.CONN_LISTEN and found.laddr and found.laddr.port == port
            if listens and found.pid:
                return f"{psutil.Process(found.pid).name()} (pid {found.pid})"
    except psutil.Error:
        pass  # another user's process, or macOS without rights: the port is busy all the same
    return "unknown"


def require_free(wanted: Mapping[str, int]) -> None:
    """Raise one error that names every busy port and its holder, before anything is started."""
    busy = [f"port {port} ({name}) is in use by {holder(port)}" for name, port in wanted.items() if not is_free(port)]
    if busy:
        example = next(name for name, port in wanted.items() if not is_free(port))
        raise EngineError("; ".join(busy) + f". Stop it, or choose another: NUANXIN_PORTS={example}=...")


def free(count: int) -> list[int]:
    """Different free ports."""
    found = list(islice(filter(is_free, random.sample(FREE, k=len(FREE))), count))
    if len(found) < count:
        raise EngineError(f"fewer than {count} free ports between {FREE.start} and {FREE.stop}")
    return found
