"""Personal data: sealed where it is stored, masked where it is shown.

A `Sealed` field always holds ciphertext (Fernet: AES-128-CBC with HMAC-SHA256, the key's id in
front). It is sealed at the edge, before any rule sees it, and its JSON is a mask, so that no answer
and no event carries it by accident. `blind` is a keyed digest for exact look-up.
"""

import hmac
from hashlib import sha256
from typing import Annotated

from cryptography.fernet import Fernet, InvalidToken
from pydantic import PlainSerializer

Sealed = Annotated[str, PlainSerializer(lambda value: "***", when_used="json")]
PREFIX = "sealed:"


class Unreadable(Exception):
    """The key that sealed this is gone: the person was erased."""


class Seals:
    """Seals and opens with one key; `key_id` goes with the ciphertext, so that keys can be many."""

    def __init__(self, key: bytes, key_id: str = "k1") -> None:
        self._fernet = Fernet(key)
        self._blind = hmac.new(key, b"blind index", sha256).digest()
        self._key_id = key_id

    def seal(self, plain: str) -> str:
        return f"{PREFIX}{self._key_id}:{self._fernet.encrypt(plain.encode()).decode()}"

    def open(self, sealed: str) -> str:
        """Raises Unreadable."""
        try:
            _, key_id, token = sealed.split(":", 2)
            if key_id != self._key_id:
                raise Unreadable(key_id)
            return self._fernet.decrypt(token.encode()).decode()
        except (ValueError, InvalidToken) as error:
            raise Unreadable("not readable with the keys at hand") from error

    def blind(self, plain: str) -> str:
        """Equal for equal text, and nothing can be read from it without the key."""
        return hmac.new(self._blind, plain.encode(), sha256).hexdigest()[:32]


def mask_name(name: str) -> str:
    """王大爷 is shown as 王*."""
    return f"{name[:1]}*" if name else ""


def mask_phone(phone: str) -> str:
    """13812345521 is shown as 138****5521."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 8 else "****"


def mask_identity(number: str) -> str:
    """Three first and four last digits."""
    return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}" if len(number) >= 12 else "****"
