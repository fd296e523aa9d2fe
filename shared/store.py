"""A kind of document: how its state looks, where it is seen, when it wakes, and the changes to it.

A Store is a description, not a connection. `begin` and `change` make Changes: data that a handler
or a route returns, and that only the desk writes.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from shared.decision import Decision, State

S = TypeVar("S", bound=State)

Begin = Callable[[], Decision[S]]
Rule = Callable[[S], Decision[S]]
Either = Callable[[S | None], Decision[S]]
Due = Callable[[S, datetime], Decision[S]]
Errand = Callable[[Any, S, datetime], Awaitable["list[Change]"]]
"""Of the desk (which knows stores, not the other way round), the state and the time."""


@dataclass(frozen=True)
class Index:
    """`fields` in order; a leading `-` sorts down. A unique index is of one field, skips documents
    without it, and a breach of it is a refusal that names `refusal`."""

    fields: tuple[str, ...]
    unique: bool = False
    refusal: str = ""

    def __post_init__(self) -> None:
        if self.unique and len(self.fields) != 1:
            raise ValueError("a sparse index skips only documents without any of its fields: make the key one field")

    @property
    def name(self) -> str:
        return "_".join(field.replace(".", "-") for field in self.fields)


@dataclass(frozen=True, eq=False)
class Store(Generic[S]):
    """`scopes` says in which areas a state is seen, `keys` the fields it is found by (`keys.<name>`),
    `wake` when it wants to be looked at again, `due` the rule that is applied then. `errand` is for
    a wake that has to read other documents first: it returns the changes, the document's own last."""

    name: str
    state: type[S]
    scopes: Callable[[S], Sequence[str]]
    keys: Callable[[S], Mapping[str, Any]] = field(default=lambda state: {})
    wake: Callable[[S], datetime | None] = field(default=lambda state: None)
    due: Due[S] | None = None
    errand: Errand[S] | None = None
    indexes: tuple[Index, ...] = ()

    def begin(self, id: str, rule: Begin[S]) -> "Change":
        """Starts a document. On one that stands already: nothing to do for an event, 409 for a
        request that did not begin it itself."""
        return Change(self, id, lambda state: rule(), begins=True)

    def change(self, id: str, rule: Rule[S]) -> "Change":
        """Changes a document that stands. Too early (an event) or missing (a request) otherwise."""
        return Change(self, id, rule)

    def begin_or_change(self, id: str, rule: Either[S]) -> "Change":
        """For a fact that may naturally come before the document it is about: `rule` gets None then."""
        return Change(self, id, rule, begins=True, changes=True)


@dataclass(frozen=True, eq=False)
class Change:
    """What a cause wants of one document: decided against the state as it stands when written."""

    store: Store[Any]
    id: str
    rule: Callable[[Any], Decision[Any]]
    begins: bool = False
    changes: bool = False


UNIVERSAL_INDEXES = (Index(("outbox.at",)), Index(("wake_at",)))
