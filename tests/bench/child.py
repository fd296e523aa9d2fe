"""A uvicorn process of the bench's own: started, seen to answer, asked what it costs, ended."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import psutil

from deploy.embedded import ports
from deploy.embedded.places import HOST

PATIENCE = 60.0


@dataclass
class Child:
    """`ready_after` is in seconds from the start of the process to its first answer of 200, `ready_cpu`
    the processor seconds it took of them."""

    pid: int
    port: int
    ready_after: float
    ready_cpu: float

    @property
    def memory(self) -> float:
        """Resident, in MB."""
        return float(psutil.Process(self.pid).memory_info().rss) / 1e6


def cpu(pid: int) -> float:
    """Seconds of processor that a process has had."""
    had = psutil.Process(pid).cpu_times()
    return float(had.user + had.system)


@asynccontextmanager
async def serving(app: str, path: str = "/health/ready") -> AsyncIterator[Child]:
    (port,) = ports.free(1)
    command = [sys.executable, "-m", "uvicorn", app, "--host", HOST, "--port", str(port), "--no-access-log"]
    began = time.perf_counter()
    quiet: Any = {name: asyncio.subprocess.DEVNULL for name in ("stdin", "stdout", "stderr")}
    process = await asyncio.create_subprocess_exec(*command, **quiet)
    try:
        while not await _answers(port, path):
            if process.returncode is not None or time.perf_counter() - began > PATIENCE:
                raise RuntimeError(f"{app} does not answer on {path}")
            await asyncio.sleep(0.01)
        yield Child(process.pid, port, time.perf_counter() - began, cpu(process.pid))
    finally:
        await _end(process)


async def _end(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), 15)
    except TimeoutError:
        process.kill()
        await process.wait()


async def _answers(port: int, path: str) -> bool:
    try:
        reader, writer = await asyncio.open_connection(HOST, port)
    except OSError:
        return False
    writer.write(f"GET {path} HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n".encode())
    with suppress(OSError):
        head = await reader.read(64)
        writer.close()
        return head.startswith(f"HTTP/1.1 {HTTPStatus.OK}".encode())
    return False
