"""The loop that sends for as long as the service runs; any number of replicas run it at once."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from services.notification import metrics
from services.notification.sending.gateway import Gateway, Misconfigured
from services.notification.sending.sender import AT_ONCE, Claimed, Sender
from services.notification.store import messages, notices
from shared.decision import Busy
from shared.desk import Desk
from shared.privacy import Seals
from shared.settings import Settings

LOOK_EVERY = 0.2
"""Seconds between looks when nothing is due."""
RECOVER_EVERY = 1.0
MEASURE_EVERY = 5.0
LAST_CALLS = 4.0
"""How long calls that are being made may go on when the service stops."""
log = logging.getLogger("nuanxin.sending")


async def run(desk: Desk, seals: Seals, settings: Settings) -> None:
    """Until cancelled. Ends the process for a file of URLs that cannot be used: it must not run on as if
    there were none."""
    try:
        gateway = Gateway.configured(settings.apprise_urls_file)
    except Misconfigured as error:
        log.critical("nothing can be sent: %s", error)
        raise SystemExit(f"nothing can be sent: {error}") from error
    metrics.start_at_zero()
    sender = Sender(desk, seals, gateway)
    chores = [
        asyncio.create_task(_every(desk, RECOVER_EVERY, sender.recover)),
        asyncio.create_task(_every(desk, MEASURE_EVERY, lambda: _measure(desk))),
    ]
    flying: set[asyncio.Task[None]] = set()
    try:
        await _send(sender, flying)
    except Exception:
        log.critical("sending has ended", exc_info=True)
        raise
    finally:
        for chore in chores:
            chore.cancel()
        if flying:
            await asyncio.wait(flying, timeout=LAST_CALLS)
        gateway.close()


async def _send(sender: Sender, flying: set[asyncio.Task[None]]) -> None:
    while True:
        claimed = await _claim(sender, AT_ONCE - len(flying))
        for each in claimed:
            call = asyncio.create_task(_perform(sender, each))
            flying.add(call)
            call.add_done_callback(flying.discard)
        await sender.desk.clock.sleep(0 if claimed else LOOK_EVERY)


async def _claim(sender: Sender, room: int) -> list[Claimed]:
    try:
        return await sender.claim(room)
    except Busy as busy:
        log.info("sending waits: %s", busy.detail)
        return []


async def _perform(sender: Sender, claimed: Claimed) -> None:
    try:
        await sender.perform(claimed)
    except Busy as busy:
        log.warning("a result could not be recorded: %s", busy.detail, extra={"subject": claimed.message.id})


async def _every(desk: Desk, seconds: float, chore: Callable[[], Awaitable[object]]) -> None:
    while True:
        try:
            await chore()
        except Busy as busy:
            log.info("waits: %s", busy.detail)
        await desk.clock.sleep(seconds)


async def _measure(desk: Desk) -> None:
    for state in metrics.COUNTED:
        metrics.standing.labels(state).set(await desk.count(messages, {"keys.state": state}))
    metrics.unheard.set(await desk.count(notices, {"keys.stage": "nobody"}))
