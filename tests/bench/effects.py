"""P1: from an event heard to its effect written and said: the kernel, the raw calls, the ordinary service.

All three hear the same topic of hazards. The kernel runs dispatch's own reaction with its outbox, in
batches of 500, its relay beside it as in production. The floor fetches the same records, writes the
same documents and sends the same events, all of them made before the clock starts.
"""

from services.dispatch.handlers import on
from shared.event import Envelope
from tests.bench import stream
from tests.bench.contestants import Bench, effects, floor, kernel, peer
from tests.bench.ground import Ground
from tests.bench.report import Row
from tests.bench.watch import Lap, Rounds, lap, rounds

AIMS = {"floor": 0.7, "peer": 30.0}
ENOUGH = 100.0
WORDS = "event → effect and its event"


async def run(ground: Ground) -> list[Row]:
    many, few = (1500, 300) if ground.quick else (5000, 1000)
    if ground.slow:
        many, few = many // 5, few // 3
    bench = Bench(ground, many, few, ground.settings(), await effects(many))
    await stream.topics(ground.kafka, bench.hears, bench.says)
    await stream.pour(ground.kafka, bench.hears, many)
    laps: dict[str, list[Lap]] = {"kernel": [], "floor": [], "peer": [], "rule": []}
    contestants = {"kernel": kernel, "floor": floor, "peer": peer}
    for number in rounds(ground.quick, 7, ENOUGH):
        laps["rule"].append(decided(many))
        for name in contestants if number % 2 == 0 else reversed(contestants):
            laps[name].append(await contestants[name](bench))
    await stream.forget(ground.kafka, bench.hears, bench.says)
    return _rows(Rounds(laps), many * len(laps["kernel"]))


def decided(many: int) -> Lap:
    """The reaction and its rule alone: read, decided, nothing written and nothing said."""
    told = [stream.envelope(fact.hazard_id, fact) for fact in map(stream.hazard, range(many))]
    records = [(envelope.headers(), envelope.data) for envelope in told]
    with lap(many) as measured:
        for headers, data in records:
            for change in on.to(Envelope.read(headers, data)):
                change.rule(None)
    return measured


def _rows(found: Rounds, heard: int) -> list[Row]:
    rows = []
    for what, words in (("per_core", "a core of the client"), ("per_second", "wall")):
        value, least, ordinary = (found.rate(name, what) for name in ("kernel", "floor", "peer"))
        raw = f"the raw floor itself is {found.ratio('floor', 'peer', what):.1f} × the peer"
        for against, aim in AIMS.items():
            ratio = found.ratio("kernel", against, what)
            name, note = f"{WORDS}, {words}, to the {against}", raw if against == "peer" else ""
            rows.append(Row("P1", name, value, "/s", heard, ratio, least, ordinary, aim, note=note))
    alone = "its reaction and rule alone, nothing written or said, a core of the client"
    return [*rows, Row("P1", alone, found.rate("rule", "per_core"), "/s", heard)]
