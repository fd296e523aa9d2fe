"""What is fetched is exactly what was locked, once."""

import hashlib
from pathlib import Path

import pytest

from deploy.embedded import archive, install, jars, java
from deploy.embedded.jars import Jar
from deploy.embedded.places import EngineError

SOUND = b"the locked jar"


@pytest.fixture
def jar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Jar:
    monkeypatch.setenv("NUANXIN_CACHE", str(tmp_path))
    monkeypatch.setattr("time.sleep", lambda _: None)  # the pause between two tries
    return Jar(hashlib.sha256(SOUND).hexdigest(), len(SOUND), "org.example", "thing", "1.0")


def put(jar: Jar, content: bytes) -> None:
    jar.path.parent.mkdir(parents=True, exist_ok=True)
    jar.path.write_bytes(content)


def test_a_second_install_fetches_nothing() -> None:
    kept = archive.path(java.find())
    before = kept.stat().st_mtime_ns
    fetched: list[int] = []
    install.install(lambda done, of: fetched.append(done), print)
    assert install.complete()
    assert not fetched
    assert kept.stat().st_mtime_ns == before


def test_every_locked_jar_is_here_and_sound() -> None:
    assert all(jar.sound() for jar in jars.locked())


def test_half_a_file_is_fetched_again(jar: Jar) -> None:
    put(jar, SOUND[:5])
    jars.fetch(jar, lambda jar: put(jar, SOUND))
    assert jar.sound()


def test_a_download_that_fails_once_is_tried_again(jar: Jar) -> None:
    answers = [OSError("reset by peer"), None]

    def download(jar: Jar) -> None:
        if wrong := answers.pop(0):
            raise wrong
        put(jar, SOUND)

    jars.fetch(jar, download)
    assert jar.sound()


def test_another_content_is_refused_and_not_kept(jar: Jar) -> None:
    with pytest.raises(EngineError, match="SHA-256"):
        jars.fetch(jar, lambda jar: put(jar, b"something else"))
    assert not jar.path.exists()
