"""What runs and where: services and ports, said once for the platform, its supervisor and its tests."""

import os

SERVICES = ("registry", "dispatch", "inspection", "notification")

PORTS = {
    "registry": 8101,
    "dispatch": 8102,
    "inspection": 8103,
    "notification": 8104,
    "kafka": 9192,
    "controller": 9193,
    "store": 27117,
}


def pairs(text: str) -> dict[str, int]:
    """`"a=1,b=2"` as numbers by name: how NUANXIN_PORTS and NUANXIN_REPLICAS are written."""
    found: dict[str, int] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, number = part.partition("=")
        if not number.strip().isdigit():
            raise ValueError(f"{part!r} is not name=number, as in registry=8101,kafka=9192")
        found[name.strip()] = int(number)
    return found


def ports() -> dict[str, int]:
    """The port of every part: the defaults, with NUANXIN_PORTS laid over them."""
    chosen = pairs(os.environ.get("NUANXIN_PORTS", ""))
    if unknown := sorted(chosen.keys() - PORTS.keys()):
        raise ValueError(f"NUANXIN_PORTS names {', '.join(unknown)}; there are: {', '.join(PORTS)}")
    return PORTS | chosen
