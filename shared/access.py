"""Who acts, and what they may do: one place to verify a token, one table of who may do what.

A development token is a signed JWT (HS256) that is accepted from loopback only. No request body ever
names its actor.
"""

import time
from dataclasses import dataclass
from datetime import timedelta

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from shared.area import within

ISSUER = "nuanxin-development"
AUDIENCE = "nuanxin"
LIFETIME = timedelta(hours=12)

ROLES = (
    "grid_worker",
    "volunteer",
    "dispatcher",
    "community_head",
    "street",
    "county",
    "operator",
    "auditor",
    "admin",
)
PERMITTED: dict[str, frozenset[str]] = {
    "operate": frozenset({"operator", "admin"}),
    "import": frozenset({"community_head", "street", "county", "operator", "admin"}),
}
"""Action to roles. An action that is not listed is open to every signed-in role within its areas."""


class Unknown(Exception):
    """No token, or one that does not hold."""


class Forbidden(Exception):
    """A known actor without the role for it."""


@dataclass(frozen=True, slots=True)
class Actor:
    """`id` is the staff number; `scopes` are the area codes (or zones) that bound everything seen and done."""

    id: str
    roles: tuple[str, ...]
    scopes: tuple[str, ...]

    def sees(self, area: str) -> bool:
        return any(area == scope or (not scope.startswith("z:") and within(area, scope)) for scope in self.scopes)

    def require(self, action: str) -> None:
        """Raises Forbidden."""
        roles = PERMITTED.get(action)
        if roles is not None and not roles & set(self.roles):
            raise Forbidden(f"{action} needs one of: {', '.join(sorted(roles))}")


def mint(key: bytes, actor: Actor, lifetime: timedelta = LIFETIME) -> str:
    now = int(time.time())
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": actor.id,
        "roles": list(actor.roles),
        "scopes": list(actor.scopes),
        "iat": now,
        "exp": now + int(lifetime.total_seconds()),
    }
    return jwt.encode({"alg": "HS256", "kid": "development"}, claims, OctKey.import_key(key))


def verify(key: bytes, token: str) -> Actor:
    """Raises Unknown."""
    try:
        found = jwt.decode(token, OctKey.import_key(key), algorithms=["HS256"])
        jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": ISSUER},
            aud={"essential": True, "value": AUDIENCE},
            exp={"essential": True},
            sub={"essential": True},
        ).validate(found.claims)
    except (JoseError, ValueError) as error:
        raise Unknown("the token does not hold") from error
    claims = found.claims
    return Actor(claims["sub"], tuple(claims.get("roles", ())), tuple(claims.get("scopes", ())))
