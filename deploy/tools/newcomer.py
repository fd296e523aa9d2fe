"""The newcomer's road: a fresh clone, an empty home, a path with little on it, the README's two commands.

Only python3, make, git, a shell and coreutils are on the path; the log is kept in build/.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TextIO

ROOT = Path(__file__).resolve().parents[2]
LOG = ROOT / "build" / "newcomer.log"
COREUTILS = (
    "sh cat chmod cp cut date dirname basename echo env expr head id ln ls mkdir mktemp mv nproc printf pwd readlink "
    "rm rmdir sleep sort stat tail test touch tr true uname uniq wc"
)
CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "PIP_CERT")
"""A closed network has certificates of its own; everything else of the environment stays outside."""


def bare_path(folder: Path) -> Path:
    """A folder of links to the few programs that a newcomer is asked to have."""
    folder.mkdir()
    for name in (*COREUTILS.split(), "make", "git"):
        found = shutil.which(name)
        if found:
            (folder / name).symlink_to(found)
    (folder / "python3").symlink_to(Path(sys.base_prefix) / "bin" / "python3")
    return folder


def commands() -> list[str]:
    """The README's first commands, as they stand there: the ones before anything else."""
    text = (ROOT / "README.md").read_text()
    found = re.search(r"<!-- newcomer -->\s*```sh\n(.*?)```", text, re.S)
    if not found:
        raise SystemExit("README.md has no block marked <!-- newcomer -->")
    return [line.split("#")[0].strip() for line in found[1].splitlines() if line.strip().startswith("make ")]


def walk(quick: bool) -> int:
    LOG.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="newcomer-") as scratch, LOG.open("w") as log:
        place = Path(scratch)
        home = place / "home"
        home.mkdir()
        env = {"HOME": str(home), "PATH": str(bare_path(place / "bin")), "LANG": "C.UTF-8", "TERM": "dumb"}
        env |= {name: os.environ[name] for name in CERTIFICATES if name in os.environ}
        env |= {"NUANXIN_PORTS": _ports()}
        clone = place / "nuanxin"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        try:
            for command in _road(quick):
                status = _follow(command, clone, env, log)
                if status:
                    return status
        finally:
            _follow("make down", clone, env, log)
    print(f"the newcomer's road is open; the log is {LOG.relative_to(ROOT)}")
    return 0


def _road(quick: bool) -> list[str]:
    """The short form runs the checks instead of every test: CI has just run those itself."""
    road = commands()
    return [line if line != "make test" else "make check" for line in road] if quick else road


def _ports() -> str:
    from deploy.embedded import ports
    from shared import topology

    return ",".join(
        f"{name}={port}" for name, port in zip(topology.PORTS, ports.free(len(topology.PORTS)), strict=True)
    )


def _follow(command: str, clone: Path, env: dict[str, str], log: TextIO) -> int:
    began = time.monotonic()
    print(f"$ {command}", flush=True)
    with subprocess.Popen(
        command.split(), cwd=clone, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as running:
        for line in running.stdout or []:
            log.write(line)
            log.flush()
            print(f"  | {line}", end="", flush=True)
    print(f"  {command}: exit {running.returncode} after {time.monotonic() - began:.0f} s", flush=True)
    return running.returncode


if __name__ == "__main__":
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--quick", action="store_true", help="the second command is `make check`")
    sys.exit(walk(ask.parse_args().quick))
