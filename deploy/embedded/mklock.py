"""Maintainers: make kafka.lock anew after changing pom.xml. Needs Maven; users never run it.

mvn -B -q -f deploy/embedded/pom.xml -Dmaven.repo.local=M2 \\
    org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies \\
    -DincludeScope=runtime -DoutputDirectory=LIBS
python -m deploy.embedded.mklock LIBS M2 > deploy/embedded/kafka.lock
"""

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path


def lines(libs: Path, repository: Path) -> Iterator[str]:
    """`sha256 size group:artifact:version` of each jar of the classpath, in its order."""
    for jar in sorted(libs.glob("*.jar")):
        (stored,) = repository.rglob(jar.name)
        *group, artifact, version, _ = stored.relative_to(repository).parts
        sha256 = hashlib.sha256(jar.read_bytes()).hexdigest()
        yield f"{sha256} {jar.stat().st_size} {'.'.join(group)}:{artifact}:{version}"


if __name__ == "__main__":
    print("\n".join(lines(Path(sys.argv[1]), Path(sys.argv[2]))))
