"""Health questions, one round trip each. The answer is the reason why not, or "" when all is well."""

import http.client
import json
import socket
import struct

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from deploy.embedded.places import HOST

_API_VERSIONS = struct.pack(">hhih", 18, 0, 7, 2) + b"up"  # key, version 0, correlation 7, client "up"


def broker(port: int, host: str = HOST, within: float = 1.0) -> str:
    """A Kafka broker answers ApiVersions without an error."""
    try:
        with socket.create_connection((host, port), within) as line:
            line.sendall(struct.pack(">i", len(_API_VERSIONS)) + _API_VERSIONS)
            answer = line.makefile("rb")
            (size,) = struct.unpack(">i", answer.read(4))
            correlation, error = struct.unpack(">ih", answer.read(size)[:6])
    except (OSError, struct.error) as wrong:
        return f"no answer on port {port}: {wrong}"
    return "" if (correlation, error) == (7, 0) else f"ApiVersions answered with error {error}"


def primary(uri: str, within: float = 1.0) -> str:
    """The store says hello and is a writable primary."""
    try:
        with MongoClient[dict[str, object]](uri, serverSelectionTimeoutMS=int(within * 1000)) as client:
            writable = client.admin.command("hello").get("isWritablePrimary")
    except PyMongoError as wrong:
        return f"no answer: {str(wrong).split(',')[0][:120]}"
    return "" if writable else "not (yet) a writable primary"


def service(port: int, within: float = 2.0) -> str:
    """A service says that it is ready: it has its store and its broker."""
    line = http.client.HTTPConnection(HOST, port, timeout=within)
    try:
        line.request("GET", "/health/ready")
        answer = line.getresponse()
        body = answer.read().decode(errors="replace")
    except (OSError, http.client.HTTPException) as wrong:
        return f"no answer on port {port}: {wrong}"
    finally:
        line.close()
    return "" if answer.status == http.HTTPStatus.OK else _reason(answer.status, body)


def _reason(status: int, body: str) -> str:
    """What a service that is not ready says about it: `detail` of problem+json, or its first words."""
    try:
        said = json.loads(body)
    except ValueError:
        said = body
    detail = said.get("detail", said) if isinstance(said, dict) else said
    return f"not ready ({status}): {str(detail)[:160]}"
