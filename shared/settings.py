"""Every setting, with a default that works on a laptop. KAFKA and MONGO name servers; the rest is
prefixed NUANXIN_."""

import os
import secrets
from functools import lru_cache
from pathlib import Path
from typing import Literal

from cryptography.fernet import Fernet
from pydantic import AliasChoices, Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.topology import ports


class Settings(BaseSettings):
    """`environment` is `development` on loopback only: there, tokens of our own are accepted, keys are
    made in the data directory, and the clock may be shifted. All three are refused in production."""

    model_config = SettingsConfigDict(env_prefix="NUANXIN_", frozen=True)

    kafka: str = Field(f"127.0.0.1:{ports()['kafka']}", validation_alias=AliasChoices("KAFKA"))
    mongo: str = Field(
        f"mongodb://127.0.0.1:{ports()['store']}/?w=majority&journal=true",
        validation_alias=AliasChoices("MONGO"),
    )
    driver: Literal["motor", "pymongo"] = "motor"
    environment: Literal["development", "production"] = "development"
    data: Path = Path(".data")
    namespace: str = "nuanxin"
    """Before every topic, group and database, so that two cities can share engines."""
    token_key_file: Path | None = None
    seal_key_file: Path | None = None
    replication: int = 1
    partitions: int = 12
    largest_body: int = 1_000_000
    largest_file: int = 64_000_000
    apprise_urls_file: Path | None = None
    log_level: str = "INFO"

    @model_validator(mode="after")
    def _production_brings_its_keys(self) -> "Settings":
        if self.environment == "production" and not (self.token_key_file and self.seal_key_file):
            raise ValueError("production needs NUANXIN_TOKEN_KEY_FILE and NUANXIN_SEAL_KEY_FILE")
        return self

    def database(self, service: str) -> str:
        return f"{self.namespace}_{service}"

    def topic(self, source: str) -> str:
        """The Kafka topic on which a service states its facts."""
        return f"{self.namespace}.{source}"

    def group(self, service: str) -> str:
        return f"{self.namespace}.{service}"

    @property
    def development(self) -> bool:
        return self.environment == "development"

    @property
    def clock_file(self) -> Path | None:
        return self.data / "clock.json" if self.development else None

    def token_key(self) -> bytes:
        return _key(self.token_key_file or self.data / "keys" / "token", lambda: secrets.token_hex(32).encode())

    def seal_key(self) -> bytes:
        return _key(self.seal_key_file or self.data / "keys" / "seal", Fernet.generate_key)


def _key(path: Path, make: object) -> bytes:
    """The key in the file; made once where there is none, whole or not at all."""
    if not path.exists() and callable(make):
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.write_bytes(make())
        fresh.chmod(0o600)
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_bytes().strip()


@lru_cache(maxsize=1)
def settings() -> Settings:
    return Settings()
