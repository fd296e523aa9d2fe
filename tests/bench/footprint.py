"""P8: what one service costs at rest, and how soon it is ready, beside the barest service that could do its work."""

import asyncio
from statistics import median

from shared.prepare import prepare_topics
from tests.bench import stream
from tests.bench.child import Child, serving
from tests.bench.ground import Ground, environment
from tests.bench.report import Row
from tests.bench.watch import rounds

SERVICE, BARE = "services.dispatch.main:app", "tests.bench.bare_hearer:app"
SETTLED = 2.0
ENOUGH = 45.0
Seen = list[tuple[float, float, float]]


async def rested(app: str) -> tuple[float, float, float]:
    """Memory in MB once it has settled; seconds to ready, and processor seconds of them."""
    async with serving(app) as child:
        await asyncio.sleep(SETTLED)
        return _seen(child)


def _seen(child: Child) -> tuple[float, float, float]:
    return child.memory, child.ready_after, child.ready_cpu


async def run(ground: Ground) -> list[Row]:
    chosen = ground.settings()
    names = await prepare_topics(chosen)
    told = {
        "KAFKA": ground.kafka,
        "MONGO": ground.mongo,
        "NUANXIN_NAMESPACE": chosen.namespace,
        "NUANXIN_DATA": str(ground.folder),
        "BENCH_TOPIC": chosen.topic("inspection"),
        "BENCH_DATABASE": chosen.database("bare"),
    }
    ours: Seen = []
    bare: Seen = []
    with environment(told):
        for number in rounds(ground.quick, 7, ENOUGH):
            for app in (SERVICE, BARE) if number % 2 else (BARE, SERVICE):
                (ours if app == SERVICE else bare).append(await rested(app))
    await stream.forget(ground.kafka, *names)
    return _rows(ours, bare)


def _rows(ours: Seen, bare: Seen) -> list[Row]:
    (memory, took, spent), (least, soonest, least_spent) = (
        [median(each[which] for each in seen) for which in range(3)] for seen in (ours, bare)
    )
    n, words = len(ours), "one service (dispatch) at rest"
    against = "to FastAPI + FastStream + Motor alone"
    note = f"of them {spent:.2f} s of processor, the bare one {least_spent:.2f} s"
    return [
        Row("P8", f"memory of {words}, {against}", memory, "MB", n, memory / least, floor=least, aim=2.0, better="low"),
        Row("P8", f"memory of {words}", memory, "MB", n, aim=120.0, better="low"),
        Row("P8", f"start to ready, {against}", took, "s", n, took / soonest, floor=soonest, aim=2.0, better="low"),
        Row("P8", "start to ready", took, "s", n, aim=2.0, better="low", note=note),
    ]
