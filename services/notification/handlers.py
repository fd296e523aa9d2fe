"""What notification hears: facts that concern somebody, workers and their shifts, and the areas."""

from functools import partial

from services.notification.domain import notice, recipient, rules
from services.notification.domain.recipient import recipient_of
from services.notification.store import notices, recipients
from shared import places
from shared.event import Envelope, Event
from shared.events.dispatch import ShiftEnded, ShiftStarted, WorkerChanged, WorkerEnlisted
from shared.reactions import Reactions
from shared.store import Change

on = Reactions()
places.hears(on)


@on(WorkerEnlisted)
@on(WorkerChanged)
def know_worker(worker: WorkerEnlisted | WorkerChanged, envelope: Envelope) -> list[Change]:
    known = partial(recipient.know, worker, envelope.sequence)
    return [recipients.begin_or_change(recipient_of(worker.worker), known)]


@on(ShiftStarted)
@on(ShiftEnded)
def know_duty(fact: ShiftStarted | ShiftEnded, envelope: Envelope) -> list[Change]:
    return [recipients.begin_or_change(recipient_of(fact.worker), partial(recipient.shift, fact, envelope.sequence))]


def give_notice(event: Event, envelope: Envelope) -> list[Change]:
    """One notice for each rule that this fact calls on; it finds its people by itself."""
    cause = envelope.cause_of_next
    return [
        notices.begin(notice.notice_of(cause, rule.name), partial(notice.give, rule, event, to, cause))
        for rule in rules.applying(event, envelope.cause.split("/")[0])
        if (to := notice.concerning(rule, event)) is not None
    ]


for concerning in {rule.event for rule in rules.RULES}:
    on(concerning)(give_notice)
