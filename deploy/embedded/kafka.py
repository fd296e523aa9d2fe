"""The embedded broker: Apache Kafka itself, one KRaft node on loopback, ready when it answers ApiVersions."""

import subprocess
from pathlib import Path

from deploy.embedded import archive, jars, java, probes
from deploy.embedded.child import Child, Process, launch
from deploy.embedded.places import HERE, HOST, EngineError

VERSION = "4.4.0"
PROGRAM = f"Apache Kafka {VERSION}"
HEAP = "256m"
CLUSTER = "4L6g3nShT-eMCtK--X86sw"  # any 16 bytes; always the same: formatting again is harmless


def home(data: Path) -> Path:
    """The version is in the name: Kafka cannot go back to an older one's directory."""
    return data / f"kafka-{VERSION}"


def broker(data: Path, port: int, controller: int, training: Path | None = None) -> Child:
    """One node of its own. With `training` it writes the start-up archive there when it ends."""
    out = data / "logs" / "kafka.out"

    def begin() -> Process:
        settings = _settings(home(data), port, controller)
        _format(home(data), settings)
        log = out.with_name("kafka.log")
        return launch(command("kafka.Kafka", str(settings), log=log, training=training), out)

    patience = 120 if training else 20
    return Child("kafka", PROGRAM, port, begin, lambda: probes.broker(port), out, patience)


def command(main: str, *arguments: str, log: Path, training: Path | None = None) -> list[str]:
    """A JVM with Kafka's classpath, using the start-up archive, or writing one to `training`."""
    found = java.find()
    return [
        found.path,
        *found.flags(),
        f"-Xmx{HEAP}",
        *(archive.write(training, found) if training else archive.use(found)),
        f"-Dlog4j2.configurationFile={HERE / 'log4j2.xml'}",
        f"-Dkafka.log.file={log}",
        "-cp",
        jars.classpath(),
        main,
        *arguments,
    ]


def _settings(home: Path, port: int, controller: int) -> Path:
    """server.properties, written anew on every start: ports may have changed."""
    home.mkdir(parents=True, exist_ok=True)
    text = (HERE / "server.properties.in").read_text()
    for name, value in {"host": HOST, "port": port, "controller": controller, "data": home / "data"}.items():
        text = text.replace(f"{{{name}}}", str(value))
    path = home / "server.properties"
    path.write_text(text)
    return path


def _format(home: Path, settings: Path) -> None:
    if (home / "data" / "meta.properties").is_file():
        return
    tool = command("kafka.tools.StorageTool", "format", "-t", CLUSTER, "-c", str(settings), log=home / "format.log")
    done = subprocess.run(tool, capture_output=True, text=True)
    if done.returncode:
        raise EngineError(f"Kafka's directory could not be formatted: {(done.stderr or done.stdout)[-800:]}")
