"""Where things are: the checkout, the data directory, the cache of tools and jars, programs and logs."""

import os
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
HOST = "127.0.0.1"
DEFAULT_DATA = ROOT / ".data"


class EngineError(RuntimeError):
    """Something the reader can do something about: the message says what."""


def data() -> Path:
    """NUANXIN_DATA, or `.data` in the checkout."""
    return Path(os.environ.get("NUANXIN_DATA") or DEFAULT_DATA).expanduser().resolve()


def cache() -> Path:
    """NUANXIN_CACHE, or `~/.cache/nuanxin`: jars, the start-up archive, built tools. Safe to delete."""
    return Path(os.environ.get("NUANXIN_CACHE") or Path.home() / ".cache" / "nuanxin").expanduser().resolve()


def logs(data: Path) -> Path:
    return data / "logs"


def program(name: str) -> str | None:
    """A program from our cache of tools, beside this Python (the venv), or on the path."""
    folders = (cache() / "tools" / "bin", Path(sys.executable).parent, os.environ.get("PATH", ""))
    return shutil.which(name, path=os.pathsep.join(map(str, folders)))
