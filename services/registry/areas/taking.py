"""A table of codes taken in: every row checked, alone and together, and what it would change."""

import asyncio
from dataclasses import asdict, dataclass, replace
from functools import partial

from fastapi import Request
from pydantic import BaseModel

from services.registry.areas import domain
from services.registry.areas.domain import Area, Areas
from services.registry.areas.store import areas, standing
from services.registry.areas.table import MOST_ROWS, SHEET, mistakes
from shared import area
from shared.causes import Cause
from shared.http import Command, Problem
from shared.imports.spooled import Spooled
from shared.places import document
from shared.store import Change
from shared.tables import BadTable, CellError, Row

MOST_ERRORS = 200


class Defined(BaseModel):
    """What the table changes: areas that are new, changed (a name, a level) and gone."""

    rows: int
    new: int
    changed: int
    unchanged: int
    gone: int


@dataclass(frozen=True)
class Taken:
    """`listed` are the table's areas by county. The cause has the rows' digest, so that the same key
    with another table is found out."""

    listed: dict[str, dict[str, Area]]
    cause: Cause
    defined: Defined

    def changes(self, wish: Command) -> list[Change]:
        return [
            areas.begin_or_change(document(county), partial(domain.define, county, listed, wish.now))
            for county, listed in self.listed.items()
        ]


async def taken(request: Request, wish: Command) -> Taken:
    """Raises Problem 422 with every mistake by row and column; nothing is changed then."""
    rows = await _rows(request)
    known = await standing(wish.desk, [scope for row in rows if row["code"] for scope in area.scopes(row["code"])])
    codes = {code for state in known.values() for code in state.areas}
    errors = [error for row in rows for error in row.errors]
    errors = errors or [*_elsewhere(rows, wish), *mistakes(rows, codes)]
    if errors:
        raise _problem(errors)
    listed = await asyncio.to_thread(_listed, rows)  # the first pinyin of a process loads its tables
    digest = wish.seals.blind("\n".join(sorted(row.text for row in rows)))
    cause = replace(wish.cause, id=f"{wish.cause.id}/areas", digest=digest)
    return Taken(listed, cause, _compared(len(rows), listed, known))


async def _rows(request: Request) -> list[Row]:
    table = await Spooled.of(request, SHEET)
    rows: list[Row] = []
    try:
        async for batch in table.batches():
            rows.extend(batch)
            if len(rows) > MOST_ROWS:
                raise BadTable(f"more than {MOST_ROWS} rows; send one city at a time", MOST_ROWS)
    except BadTable as error:
        raise _problem([error.error]) from error
    finally:
        table.close()
    if not rows:
        raise _problem([CellError(1, "", "there is no row below the header")])
    return rows


def _problem(errors: list[CellError]) -> Problem:
    listed = [asdict(error) for error in errors[:MOST_ERRORS]]
    detail = f"errors: {len(errors)}; nothing was changed"
    return Problem(422, "rows that cannot be taken", detail, errors=listed)


def _elsewhere(rows: list[Row], wish: Command) -> list[CellError]:
    """A county's document is changed as one: whoever changes it must see all of it."""
    return [
        CellError(row.number, "code", "lies in no county of yours")
        for row in rows
        if not wish.actor.sees(row["code"][:6])
    ]


def _listed(rows: list[Row]) -> dict[str, dict[str, Area]]:
    listed: dict[str, dict[str, Area]] = {}
    for row in rows:
        listed.setdefault(row["code"][:6], {})[row["code"]] = domain.named(row["name"], row["level"])
    return listed


def _compared(rows: int, listed: dict[str, dict[str, Area]], known: dict[str, Areas]) -> Defined:
    new = changed = unchanged = gone = 0
    for county, fresh in listed.items():
        state = known.get(document(county))
        before = state.areas if state is not None else {}
        for code, each in fresh.items():
            stands = before.get(code)
            new += stands is None
            same = stands is not None and stands.but(zones=()) == each
            unchanged += same
            changed += stands is not None and not same
        gone += len(before.keys() - fresh.keys()) if county in fresh else 0
    return Defined(rows=rows, new=new, changed=changed, unchanged=unchanged, gone=gone)
