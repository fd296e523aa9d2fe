"""Every event as data: its fields with their words, who states it, who hears it."""

import ast
import inspect
import textwrap
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from shared import events, prepare
from shared.event import Event

Hearers = dict[str, list[str]]


@dataclass(frozen=True)
class Field:
    """`default` is None where the field must be there."""

    name: str
    type: str
    default: str | None
    words: str


@dataclass(frozen=True)
class Fact:
    """One event. `hearers` are the services that react to it."""

    event: type[Event]
    hearers: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.event.type()

    @property
    def source(self) -> str:
        return self.event.source

    @property
    def words(self) -> str:
        return own_words(self.event)

    @cached_property
    def fields(self) -> list[Field]:
        return fields_of(self.event)


def facts() -> list[Fact]:
    """All events in the order of their modules: source by source, as they were written down."""
    heard = hearers()
    order = {source: number for number, source in enumerate(events.SOURCES)}
    found = [Fact(event, heard.get(name, [])) for name, event in events.EVENTS.items()]
    return sorted(found, key=lambda fact: (order[fact.source], inspect.getsourcelines(fact.event)[1]))


def hearers() -> Hearers:
    """Which services react to a type: asked of the services themselves."""
    found: Hearers = {}
    for blueprint in prepare.blueprints():
        for type in blueprint.on.types:
            found.setdefault(type, []).append(blueprint.name)
    return found


def fields_of(model: type[BaseModel]) -> list[Field]:
    """The fields as they travel: what identifies the document first, `at` last."""
    said = docstrings(model)
    found = [
        Field(name, shown(info.annotation), default_of(info), said.get(name, ""))
        for name, info in model.model_fields.items()
    ]
    return sorted(found, key=lambda field: field.name == "at")


def atoms(annotation: Any) -> list[Any]:
    """The plain types within an annotation: of `list[str] | None`, only str."""
    if get_origin(annotation) is None:
        return [annotation] if annotation is not type(None) else []
    if all(isinstance(choice, str) for choice in get_args(annotation)):
        return [str]
    return [atom for choice in get_args(annotation) for atom in atoms(choice)]


def parts_of(model: type[BaseModel]) -> dict[str, list[type[BaseModel]]]:
    """The fields that are not flat, with the parts they hold."""
    held = {
        name: [a for a in atoms(info.annotation) if issubclass(a, BaseModel)]
        for name, info in model.model_fields.items()
    }
    return {name: parts for name, parts in held.items() if parts}


def own_words(model: type[BaseModel]) -> str:
    """The docstring that the class itself was given, on one line; "" when it only inherits one."""
    return " ".join(inspect.cleandoc(model.__dict__.get("__doc__") or "").split())


def docstrings(model: type[BaseModel]) -> dict[str, str]:
    """The line below a field says what it is; those of parent classes count too."""
    found: dict[str, str] = {}
    for parent in reversed(model.__mro__):
        if parent is not BaseModel and issubclass(parent, BaseModel):
            found |= _below_fields(parent)
    return found


def _below_fields(model: type[BaseModel]) -> dict[str, str]:
    body = ast.parse(textwrap.dedent(inspect.getsource(model))).body[0]
    lines = body.body if isinstance(body, ast.ClassDef) else []
    return {
        above.target.id: " ".join(below.value.value.split())
        for above, below in pairwise(lines)
        if isinstance(above, ast.AnnAssign)
        and isinstance(above.target, ast.Name)
        and isinstance(below, ast.Expr)
        and isinstance(below.value, ast.Constant)
        and isinstance(below.value.value, str)
    }


def shown(annotation: Any) -> str:
    """A type as a reader says it: `"I" | "II"`, `list of text`, `text or nothing`."""
    plain = {str: "text", int: "number", bool: "yes or no", float: "number", type(None): "nothing"}
    if annotation in plain:
        return plain[annotation]
    if get_origin(annotation) is list:
        return f"list of {shown(get_args(annotation)[0])}"
    if choices := get_args(annotation):
        if all(isinstance(choice, str) for choice in choices):
            return " · ".join(f"`{choice}`" for choice in choices)
        return " or ".join(shown(choice) for choice in choices)
    return "time" if annotation.__name__ == "datetime" else str(annotation.__name__)


def default_of(info: FieldInfo) -> str | None:
    if info.is_required():
        return None
    value = info.get_default(call_default_factory=True, validated_data={})
    if value is PydanticUndefined or value is None:
        return "nothing"
    return {"": "empty", "[]": "empty", "False": "no", "True": "yes"}.get(str(value), str(value))
