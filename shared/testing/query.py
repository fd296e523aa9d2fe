"""What the fake store knows of MongoDB: how a value is kept, and the few questions that are asked."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

_KEPT = (str, int, float, bool, bytes, type(None))


def copied(value: Any) -> Any:
    """The value as a store gives it back: lists for tuples, times in UTC and whole milliseconds. Raises
    TypeError for what BSON cannot hold."""
    kind = type(value)
    if kind in _KEPT:
        return value
    if kind is dict:
        return {key if type(key) is str else _key(key): copied(item) for key, item in value.items()}
    if kind is list or kind is tuple:
        return [copied(item) for item in value]
    if kind is datetime:
        moment = value.astimezone(UTC) if value.tzinfo is not UTC else value
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000) if moment.microsecond % 1000 else moment
    if isinstance(value, str | int):
        return str.__str__(value) if isinstance(value, str) else int(value)
    raise TypeError(f"a document cannot hold a {kind.__name__}: {value!r}")


def _key(key: Any) -> str:
    if isinstance(key, str):
        return str.__str__(key)
    raise TypeError(f"a document cannot hold a key that is no text: {key!r}")


def values(row: Any, path: str) -> Iterator[Any]:
    head, _, rest = path.partition(".")
    if isinstance(row, list):
        for item in row:
            yield from values(item, path)
    elif isinstance(row, Mapping) and head in row:
        if rest:
            yield from values(row[head], rest)
        elif isinstance(row[head], list):
            yield from row[head]
            yield row[head]
        else:
            yield row[head]


def first(row: Any, path: str) -> Any:
    return next(values(row, path), None)


def matches(row: Mapping[str, Any], where: Mapping[str, Any]) -> bool:
    """The part of the query language that the services use: equality, $in, $ne, $gt, $gte, $lt, $lte, $exists."""
    return all(_holds(list(values(row, path)), wanted) for path, wanted in where.items())


def _holds(found: list[Any], wanted: Any) -> bool:
    if not (isinstance(wanted, Mapping) and wanted and all(str(key).startswith("$") for key in wanted)):
        return wanted in found or (wanted is None and not found)
    tests: dict[str, Callable[[Any], bool]] = {
        "$in": lambda asked: any(value in asked for value in found),
        "$ne": lambda asked: asked not in found,
        "$gt": lambda asked: any(value is not None and value > asked for value in found),
        "$gte": lambda asked: any(value is not None and value >= asked for value in found),
        "$lt": lambda asked: any(value is not None and value < asked for value in found),
        "$lte": lambda asked: any(value is not None and value <= asked for value in found),
        "$exists": lambda asked: bool(found) == asked,
    }
    return all(tests[key](asked) for key, asked in wanted.items())
