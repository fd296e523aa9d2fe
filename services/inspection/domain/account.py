"""The account that a worker gives of a visit: five of the six points that make it a verified one."""

from datetime import datetime, timedelta
from typing import Literal

from services.inspection.domain import checklists, codes
from services.inspection.domain.unfit import Unfit
from shared.decision import Rejected, State
from shared.privacy import Sealed

Outcome = Literal["completed", "no_answer", "refused", "away"]
CLOCKS_DIFFER = timedelta(minutes=5)
"""How far ahead of ours a phone's clock may be."""


class Answer(State):
    checklist: str
    item: str
    answer: str
    note: Sealed | None = None


class Finding(State):
    code: str
    note: Sealed | None = None


class Account(State):
    """What may be corrected of a visit. `place` is masked; the exact place or coordinates are sealed."""

    residents: tuple[str, ...] = ()
    place: str
    exact: Sealed
    arrived_at: datetime
    left_at: datetime
    done: Sealed | None = None
    answers: tuple[Answer, ...] = ()
    findings: tuple[Finding, ...] = ()


def check(account: Account, outcome: Outcome, required: tuple[str, ...], now: datetime) -> None:
    """Raises Unfit for what can never be right, Rejected for what is not right now."""
    if account.left_at < account.arrived_at:
        raise Unfit("nobody leaves before they arrive")
    if account.left_at > now + CLOCKS_DIFFER:
        raise Rejected("a visit is recorded when it is over: its end lies ahead")
    for finding in account.findings:
        codes.check_finding(finding.code)
    checklists.check(account.answers)
    if outcome != "completed":
        if account.residents or account.answers:
            raise Unfit("behind a door that did not open nobody was seen and nothing was answered")
        return
    if not account.residents:
        raise Unfit("a completed visit names the residents who were seen")
    if account.done is None:
        raise Unfit("a completed visit says what was done")
    checklists.check_complete(account.answers, required)
