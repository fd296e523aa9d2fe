"""Everything the engines need, brought once into the cache: the jars and the start-up archive."""

import fcntl
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.embedded import archive, jars, java, kafka, ports
from deploy.embedded.child import start_together
from deploy.embedded.places import EngineError, cache

Say = Callable[[str], None]


def complete() -> bool:
    return jars.installed() and archive.path(java.find()).is_file()


def install(progress: jars.Progress, say: Say) -> None:
    """Idempotent; two at once wait for each other."""
    with _one_at_a_time():
        if not jars.installed():
            jars.install(progress)
        if not archive.path(java.find()).is_file():
            say("preparing Kafka's start-up archive, once")
            if not train():
                say("no start-up archive with this Java: Kafka starts slower, and works the same")


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    cache().mkdir(parents=True, exist_ok=True)
    with (cache() / "install.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def train() -> bool:
    """Start a broker in a temporary directory with the training flag, and stop it when it answers."""
    port, controller = ports.free(2)
    with tempfile.TemporaryDirectory(dir=cache()) as folder:
        made = Path(folder) / "made"
        child = kafka.broker(Path(folder), port, controller, training=made)
        try:
            start_together([child])
        except EngineError:
            return False
        child.stop()
        return archive.keep(made, java.find())
