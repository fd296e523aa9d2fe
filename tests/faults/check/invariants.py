"""The invariants, each a function from the evidence to what it found broken.

`lost`: acknowledged or said, and without its effect. `doubled`: an effect more than once. `broken`: any
other promise. I1, I2, … are those of docs/faults.md.
"""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from tests.faults.check import law
from tests.faults.check.evidence import Evidence, Fact, Row

LATE = timedelta(seconds=5)


@dataclass
class Verdict:
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def differ(self, wanted: Counter[object], found: Counter[object], words: str) -> None:
        self.lost += [f"{words}: {_said(one)} is missing" for one in (wanted - found).elements()]
        self.doubled += [f"{words}: {_said(one)} is too many" for one in (found - wanted).elements()]


def _said(one: object) -> str:
    return " · ".join(map(str, one)) if isinstance(one, tuple) else str(one)


def by_subject(found: Evidence, service: str) -> dict[str, list[Fact]]:
    """The facts of each document in the order of their numbers."""
    grouped: dict[str, list[Fact]] = defaultdict(list)
    for fact in found.said.facts:
        if fact.service == service:
            grouped[fact.subject].append(fact)
    return {subject: sorted(facts, key=lambda fact: fact.sequence) for subject, facts in grouped.items()}


def acknowledged(found: Evidence, verdict: Verdict) -> None:
    """I1: every acknowledged command has said exactly what it says, and its writer saw it at once."""
    said: dict[str, Counter[object]] = defaultdict(Counter)
    for fact in found.said.facts:
        if fact.cause.startswith("http/"):
            said[fact.cause.rsplit("/", 1)[1]][fact.type] += 1
    begun = Counter(fact.subject for fact in found.said.of("hazard-found"))
    for row in found.acknowledged():
        wanted: Counter[str] = Counter(row["says"])
        told = said[row["key"]]
        words = f"I1 {row['path']} {row['key'][:8]}"
        verdict.differ(Counter(wanted), Counter({kind: told[kind] for kind in wanted}), words)
        if row["path"] == "/visits":
            verdict.differ(Counter(row["hazards"]), Counter({id: begun[id] for id in row["hazards"]}), words)
    for row in found.acks:
        if row["what"] == "looked" and not row["stands"]:
            verdict.lost.append(f"I1 {row['about']}: {row['says']} was acknowledged and not to be seen at once")
        if row["what"] == "refused":
            verdict.broken.append(f"I1 {row['path']}: refused, {row['status']} {row['detail']}")
        if row["what"] == "fault":
            verdict.broken.append(f"I1 {row['path']}: {row['status']} {row['detail']}")


def histories(found: Evidence, verdict: Verdict) -> None:
    """I1: the ledger holds every step once, and stands where the last one left it."""
    hazards = {state["id"]: state for state in found.states("inspection", "hazards")}
    for id, facts in by_subject(found, "inspection").items():
        if not facts[0].type.startswith("hazard-"):
            continue
        state = hazards.get(id)
        if state is None:
            verdict.lost.append(f"I1 {id}: said, and not in the ledger")
            continue
        steps = Counter(step["what"] for step in state["history"])
        verdict.differ(Counter(fact.type for fact in facts), Counter(steps), f"I1 the history of {id}")
        if state["stage"] != law.stage(facts):
            verdict.broken.append(f"I1 {id} is {state['stage']}, its events say {law.stage(facts)}")


def comments(found: Evidence, verdict: Verdict) -> None:
    """I1: all comments that were acknowledged on a task stand, and no more than were sent."""
    rows = [row for row in found.acks if row.get("says") == ["task-commented"]]
    acknowledged = Counter(row["about"] for row in rows if row["what"] == "ack")
    sent = Counter(row["about"] for row in rows if row["what"] == "sent")
    stored = {state["id"]: len(state["comments"]) for state in found.states("dispatch", "tasks")}
    for id in sent:
        many, words = stored.get(id, 0), f"I1 {id}: {acknowledged[id]} comments acknowledged of {sent[id]} sent"
        if many < acknowledged[id]:
            verdict.lost.append(f"{words}, {many} stand")
        if many > sent[id]:
            verdict.doubled.append(f"{words}, {many} stand")


def tasks(found: Evidence, verdict: Verdict) -> None:
    """I2, I3: (event, rule) ↔ task, exactly once."""
    wanted: Counter[object] = Counter()
    for facts in by_subject(found, "inspection").values():
        wanted.update(law.effects(facts)[0])
    done: Counter[object] = Counter()
    for fact in found.said.of("task-opened", "task-done", "task-cancelled"):
        if fact.cause.startswith("inspection/") and fact.body["kind"] in law.KINDS:
            done[fact.cause.removeprefix("inspection/"), fact.body["kind"], fact.type] += 1
    verdict.differ(wanted, done, "I3")


def once(found: Evidence, verdict: Verdict) -> None:
    """I2: no cause has said the same of the same document twice. (An alarm rings several clocks at once.)"""
    said = Counter((f.cause, f.type, f.subject) for f in found.said.facts if not f.cause.startswith("wake/"))
    verdict.doubled += [f"I2 {_said(what)}: said {many} times" for what, many in said.items() if many > 1]
    rung: Counter[object] = Counter()
    opened: Counter[str] = Counter()
    for fact in sorted(found.said.facts, key=lambda fact: (fact.subject, fact.sequence)):
        if fact.type == "task-opened":
            opened[fact.subject] += 1
        if fact.type in ("task-at-risk", "task-overdue", "task-escalated") and fact.body["kind"] == "arrange":
            rung[fact.subject, opened[fact.subject], fact.type, fact.body["clock"], fact.body.get("level")] += 1
    verdict.doubled += [f"I2 {_said(what)}: rang {many} times" for what, many in rung.items() if many > 1]


def closed_loop(found: Evidence, verdict: Verdict) -> None:
    """I4: what is not at its end has an open task that says so."""
    unfinished = {
        (state["subject"], state["kind"])
        for state in found.states("dispatch", "tasks")
        if state["stage"] not in ("done", "cancelled", "unopened")
    }
    for id, facts in by_subject(found, "inspection").items():
        _, standing = law.effects(facts)
        if law.stage(facts) not in ("", *law.ENDED) and not standing:
            verdict.broken.append(f"I4 {id} is {law.stage(facts)} and calls for nothing")
        for kind in standing:
            if (id, kind) not in unfinished:
                verdict.lost.append(f"I4 {id} is {law.stage(facts)} and nobody must {kind}")
    of_hazards = {(id, kind) for id, facts in by_subject(found, "inspection").items() for kind in law.effects(facts)[1]}
    for subject, kind in sorted(unfinished - of_hazards):
        if kind in law.KINDS:
            verdict.doubled.append(f"I4 a task to {kind} is open for {subject}, which calls for none")


def numbering(found: Evidence, verdict: Verdict) -> None:
    """I5: the events of a document are numbered without a gap, none twice, and the store knows as many."""
    verdict.broken += [f"I5 {words}" for words in found.said.strange]
    seq = {(service, doc["_id"]): doc["seq"] for (service, _), docs in found.docs.items() for doc in docs}
    numbers: dict[tuple[str, str], list[int]] = defaultdict(list)
    for fact in found.said.facts:
        if fact.service in found.lag:
            numbers[fact.service, fact.subject].append(fact.sequence)
    for place in seq.keys() | numbers.keys():
        said, last = sorted(numbers[place]), seq.get(place, 0)
        if said != list(range(1, last + 1)):
            missing = sorted(set(range(1, last + 1)) - set(said))
            (verdict.lost if missing else verdict.broken).append(
                f"I5 {_said(place)}: {last} events in the store, said {said[-5:]}, missing {missing[:5]}"
            )


def told(found: Evidence, verdict: Verdict) -> None:
    """I2, I6: whoever must be told is told, never twice for one fact; routine leaves the house at most once."""
    if "notification" not in found.lag:
        return
    wanted = Counter((f"{f.service}/{f.id}", rule) for f in found.said.facts for rule in law.notices(f))
    given = Counter((state["cause"], state["rule"]) for state in found.states("notification", "notices"))
    mine = {rule for _, rule in wanted}
    verdict.differ(Counter(wanted), Counter({k: n for k, n in given.items() if k[1] in mine}), "I2 notice")
    messages = list(found.states("notification", "messages"))
    for place, many in Counter((state["cause"], state["recipient"]) for state in messages).items():
        if many > 1:
            verdict.doubled.append(f"I6 {_said(place)}: told {many} times")
    people = {(state["cause"], state["recipient"]) for state in messages}
    for fact in found.said.of("hazard-ordered"):
        place = (f"inspection/{fact.id}", fact.body["owner"])
        if place not in people and fact.body["by"] != fact.body["owner"]:
            verdict.lost.append(f"I6 {_said(place)}: never told")
    verdict.doubled += [
        f"I6 {state['id']} is routine and left the house {found.sent[state['id']]} times"
        for state in messages
        if not state["red"] and found.sent[state["id"]] > 1
    ]


def visits(found: Evidence, verdict: Verdict) -> None:
    """I2: the registry has noted every visit at its household, once."""
    if "registry" not in found.lag:
        return
    heard = {doc["_id"]: Counter(e["id"] for e in doc["heard"]) for doc in found.docs["registry", "households"]}
    for fact in found.said.of("visit-completed"):
        times = heard.get(fact.body["household_id"], Counter())[f"inspection/{fact.id}"]
        if times != 1:
            (verdict.doubled if times else verdict.lost).append(f"I2 {fact.id}: noted {times} times by the registry")


def quiet(found: Evidence, verdict: Verdict) -> None:
    """I8: nothing unsaid, unheard or late, and nothing parked but what was poison."""
    late = found.now - LATE
    for (service, name), docs in found.docs.items():
        overdue = [doc["_id"] for doc in docs if doc["wake_at"] is not None and doc["wake_at"] < late]
        verdict.broken += [f"I4 {service} {name} {id}: its alarm did not ring" for id in overdue]
        verdict.broken += [f"I8 {service} {name} {doc['_id']} has not said all" for doc in docs if doc["outbox"]]
    verdict.broken += [f"I8 {service} is {lag} records behind" for service, lag in found.lag.items() if lag]
    poison = {f"{r['topic']}/{r['partition']}/{r['offset']}" for r in found.injected if r["kind"] == "poison"}
    parked: Counter[str] = Counter()
    for row in found.parked:
        origin = row["_id"].split("/", 1)[1]
        parked[origin] += 1
        if origin not in poison:
            verdict.broken.append(f"I8 parked without cause: {row['_id']} {row['reason']}: {row['error'][:150]}")
    verdict.broken += [f"I8 poison that nobody laid aside: {origin}" for origin in poison - parked.keys()]


CHECKS: tuple[Callable[[Evidence, Verdict], None], ...] = (
    *(acknowledged, histories, comments, tasks, once, closed_loop, numbering, told, visits, quiet),
)


def judged(found: Evidence) -> Verdict:
    verdict = Verdict()
    for check in CHECKS:
        check(found, verdict)
    return verdict


def peer(found: Evidence) -> Row:
    """What the ordinary service made of the same facts: each must be a task, and be told of once."""
    facts = {fact.subject for fact in found.said.of("hazard-found")}
    lost = [id for id in facts if f"task-{id}" not in found.peer_tasks or not found.peer_told[id]]
    return {"of": len(facts), "lost": len(lost), "doubled": sum(many > 1 for many in found.peer_told.values())}
