"""What the registry answers: masked labels and codes; a whole name, number or address never."""

from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from shared.desk import Page

T = TypeVar("T")


class Listed(BaseModel, Generic[T]):
    """A page. `next` is what `after` takes for the one that follows, null at the end."""

    items: list[T]
    next: str | None = None


def listed(page: Page, view: Any, state: Any) -> Listed[Any]:
    """A page of stored documents as its views."""
    items = [view(state.model_validate(item["state"])) for item in page.items if item["state"] is not None]
    return Listed(items=items, next=page.next)
