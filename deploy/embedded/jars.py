"""Kafka's jars: exactly those of kafka.lock, fetched once into the cache, each checked by SHA-256.

jgo only downloads: its own resolver would put an older kafka-clients on the classpath.
"""

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import NamedTuple

from deploy.embedded.places import HERE, EngineError, cache

LOCK = HERE / "kafka.lock"
PARALLEL = 8
TRIES = 3
Progress = Callable[[int, int], None]  # done, of how many


class Jar(NamedTuple):
    sha256: str
    size: int
    group: str
    artifact: str
    version: str

    @property
    def path(self) -> Path:
        folder = cache() / "m2" / self.group.replace(".", "/") / self.artifact / self.version
        return folder / f"{self.artifact}-{self.version}.jar"

    def present(self) -> bool:
        """Quick: the size only; the hash was checked when it came."""
        return self.path.is_file() and self.path.stat().st_size == self.size

    def sound(self) -> bool:
        return self.present() and hashlib.sha256(self.path.read_bytes()).hexdigest() == self.sha256


def locked() -> Iterator[Jar]:
    for line in LOCK.read_text().splitlines():
        sha256, size, coordinates = line.split()
        group, artifact, version = coordinates.split(":")
        yield Jar(sha256, int(size), group, artifact, version)


def classpath() -> str:
    """Always in the order of the lock: the start-up archive is valid for this very string."""
    return os.pathsep.join(str(jar.path) for jar in locked())


def installed() -> bool:
    return all(jar.present() for jar in locked())


def install(progress: Progress) -> None:
    """Fetch what is missing. Interrupted or wrong files are deleted and fetched again."""
    from jgo.maven import MavenContext  # here: slow to load, and only the first start needs it

    mirror = os.environ.get("NUANXIN_MAVEN_MIRROR")
    maven = MavenContext(
        repo_cache=cache() / "m2",
        local_repos=[],
        remote_repos={"mirror": mirror} if mirror else None,
        timeout=60,
    )

    def download(jar: Jar) -> None:
        maven.project(jar.group, jar.artifact).at_version(jar.version).artifact().resolve()

    jars = list(locked())
    with ThreadPoolExecutor(PARALLEL) as pool:
        fetching = [pool.submit(fetch, jar, download) for jar in jars]
        for done, future in enumerate(as_completed(fetching), 1):
            future.result()
            progress(done, len(jars))


def fetch(jar: Jar, download: Callable[[Jar], None]) -> None:
    """Leave a sound file or none: jgo writes in place and only warns about a checksum."""
    wrong = "SHA-256 is not that of kafka.lock"
    for attempt in range(TRIES):
        if jar.sound():
            return
        jar.path.unlink(missing_ok=True)
        time.sleep(attempt)
        try:
            download(jar)
        except Exception as error:  # whatever jgo raises: what counts is the file, looked at next
            wrong = str(error)
    if not jar.sound():
        jar.path.unlink(missing_ok=True)
        raise EngineError(f"cannot get {jar.artifact} {jar.version}: {wrong}")
