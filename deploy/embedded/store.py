"""The embedded document store: MongoDB where there is a mongod, else a program that speaks its protocol.

One start-up for all; only the program differs. secantusd-* are GPL-2.0-only betas: started as programs,
never imported, linked or shipped. A city runs MongoDB.
"""

import os
import re
import subprocess
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from deploy.embedded import places, probes
from deploy.embedded.child import Child, Process, launch
from deploy.embedded.places import HOST, EngineError

ENGINES = ("mongod", "secantusd-rs", "secantusd-py")  # the best first
SET = {"mongod": "nuanxin", "secantusd-rs": "secantus", "secantusd-py": "secantus"}
_NOT_YET_INITIALIZED = 94


class Program(NamedTuple):
    engine: str
    path: str
    version: str

    def __str__(self) -> str:
        return f"{self.engine} {self.version}"


def choose(engine: str | None = None) -> Program:
    """The engine asked for (by NUANXIN_STORE or by the data directory), or the best there is."""
    for name in (engine,) if engine else ENGINES:
        if path := places.program(name):
            return Program(name, path, version(name, path))
    missing = engine or "no document store"
    raise EngineError(f"{missing} is not installed: pip install -r requirements-store.txt brings one")


@cache
def version(engine: str, path: str) -> str:
    """What `--version` says; the Python one cannot say, its package can."""
    if engine == "secantusd-py":
        try:
            return metadata.version("secantusdb")
        except metadata.PackageNotFoundError:
            return "unknown"
    said = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=30).stdout
    found = re.search(r"\d+\.\d+[\w.\-]*", said)
    return found[0] if found else "unknown"


def uri(engine: str, port: int) -> str:
    """As in production: majority, journalled. secantusd-py is slow, and slower with retryable writes."""
    retries = "&retryWrites=false&socketTimeoutMS=20000" if engine == "secantusd-py" else ""
    return f"mongodb://{HOST}:{port}/?replicaSet={SET[engine]}&w=majority&journal=true{retries}"


def store(data: Path, program: Program, port: int) -> Child:
    log = data / "logs" / "store.log"
    home = data / f"store-{program.engine}"

    def begin() -> Process:
        home.mkdir(parents=True, exist_ok=True)
        return launch(_command(program, home, port), log)

    def probe() -> str:
        alone = _join(port) if program.engine == "mongod" else ""
        return alone or probes.primary(uri(program.engine, port))

    return Child("store", str(program), port, begin, probe, log, patience=20)


def _command(program: Program, home: Path, port: int) -> list[str]:
    if program.engine == "mongod":
        flags = ["--replSet", SET["mongod"], "--dbpath", str(home), "--bind_ip", HOST, "--port", str(port)]
        return [program.path, *flags, "--wiredTigerCacheSizeGB", "0.25", "--quiet"]
    config = home / "secantusd.toml"  # an empty one of ours, or it looks for others
    config.touch()
    flags = ["--config", str(config), "--host", HOST, "--port", str(port), "--storage-path", str(home / "wt")]
    # without --sync-on-commit, journal=true in the URI means nothing here
    return [program.path, *flags, "--cache-size", "256M", "--sync-on-commit", "--log-level", "WARNING"]


def _join(port: int) -> str:
    """Make a mongod the one member of its set: on the first start, and again when its port has changed."""
    me = f"{HOST}:{port}"
    try:
        with MongoClient[dict[str, object]](HOST, port, directConnection=True, serverSelectionTimeoutMS=500) as client:
            return _join_as(client, me)
    except PyMongoError as wrong:
        return f"no answer: {str(wrong)[:120]}"


def _join_as(client: MongoClient[dict[str, object]], me: str) -> str:
    try:
        config = client.admin.command("replSetGetConfig")["config"]
    except OperationFailure as refused:
        if refused.code != _NOT_YET_INITIALIZED:
            raise
        client.admin.command("replSetInitiate", {"_id": SET["mongod"], "members": [{"_id": 0, "host": me}]})
        return ""
    if config["members"][0]["host"] != me:
        config["members"][0]["host"] = me
        config["version"] += 1
        client.admin.command("replSetReconfig", config, force=True)
    return ""


def wanted() -> str | None:
    """NUANXIN_STORE: an engine asked for by name, for trying one out."""
    name = os.environ.get("NUANXIN_STORE")
    if name and name not in ENGINES:
        raise EngineError(f"NUANXIN_STORE={name}: there are {', '.join(ENGINES)}")
    return name
