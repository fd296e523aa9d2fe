"""The start-up archive: Kafka's classes as one trained JVM left them. Halves the start; not needed."""

import hashlib
import os
from pathlib import Path

from deploy.embedded import jars
from deploy.embedded.java import AOT_SINCE, Java
from deploy.embedded.places import cache

_SHAPE = "2"  # counted up when the JVM's flags change: an archive is valid for the same flags only


def path(java: Java) -> Path:
    """One for this Java, these jars, in this order, at this place."""
    made_of = "\n".join((_SHAPE, java.path, jars.classpath(), jars.LOCK.read_text()))
    key = hashlib.sha256(made_of.encode()).hexdigest()[:12]
    return cache() / f"kafka-java{java.major}-{key}.{'aot' if java.major >= AOT_SINCE else 'jsa'}"


def use(java: Java) -> list[str]:
    kept = path(java)
    if not kept.is_file():
        return []
    return [f"-XX:{'AOTCache' if java.major >= AOT_SINCE else 'SharedArchiveFile'}={kept}"]


def write(target: Path, java: Java) -> list[str]:
    """A JVM with this flag writes the archive when it ends."""
    flag = "AOTCacheOutput" if java.major >= AOT_SINCE else "ArchiveClassesAtExit"
    return [f"-XX:{flag}={target}"]


def keep(made: Path, java: Java) -> bool:
    """Put a finished archive in its place, in one step."""
    if made.is_file():
        os.replace(made, path(java))
    return path(java).is_file()
