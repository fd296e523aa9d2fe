"""Build the faster store program with cargo, once, into the cache of tools. pip's one works without this."""

import shutil
import subprocess
import time

from rich.console import Console

from deploy.embedded.places import EngineError, cache

CRATE = "secantus-mdb"
VERSION = "0.5.3-beta.196"
PROGRAM = "secantusd-rs"


def build(console: Console) -> int:
    """Some 8 minutes on two idle cores; needs cargo, a C compiler, cmake and zlib. No-op when it is there."""
    tools = cache() / "tools"
    if (tools / "bin" / PROGRAM).is_file():
        console.print(f"{PROGRAM} is already in {tools / 'bin'}.")
        return 0
    cargo = shutil.which("cargo")
    if not cargo:
        raise EngineError("cargo is not on the path; the store that pip brings works without it")
    command = [
        cargo,
        "install",
        CRATE,
        "--version",
        VERSION,
        "--locked",
        "--ignore-rust-version",
        "--root",
        str(tools),
    ]
    _follow(command, console)
    console.print(f"Built {PROGRAM}. New data directories use it; an older one keeps the engine that made it.")
    return 0


def _follow(command: list[str], console: Console) -> None:
    began, done, last = time.monotonic(), 0, ""
    with (
        console.status("starting cargo") as shown,
        subprocess.Popen(command, stderr=subprocess.PIPE, text=True, errors="replace") as cargo,
    ):
        assert cargo.stderr is not None
        for line in cargo.stderr:
            last = line.strip() or last
            done += last.startswith("Compiling")
            shown.update(f"{done} crates, {(time.monotonic() - began) / 60:.0f} min: {last[:70]}")
    if cargo.returncode:
        raise EngineError(f"cargo ended with {cargo.returncode}: {last}")
