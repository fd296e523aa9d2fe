"""Ids derive from what caused them, so that the same cause twice names the same document."""

from base64 import b32encode
from hashlib import sha256


def derived(kind: str, *parts: object) -> str:
    """`kind-` and 16 characters (80 bits) of the parts' digest: the same parts, the same id."""
    digest = sha256("\x1f".join(str(part) for part in parts).encode()).digest()
    return f"{kind}-{b32encode(digest[:10]).decode().lower()}"
