"""Causes and effects drawn as trees."""

from collections.abc import Iterator

from rich.text import Text
from rich.tree import Tree

from deploy.tools.chain import Index, order
from deploy.tools.log import Entry
from deploy.tools.words import instant, span
from shared.events import SOURCES

MANY = 40
"""So many effects of one cause are shown; and those that lead to what was asked for."""
COLOURS = dict(zip(SOURCES, ("cyan", "magenta", "yellow", "green"), strict=True))


def trees(index: Index, asked: str) -> list[Tree]:
    """One tree for each first cause, the oldest first; what was asked for stands out."""
    meant = sorted(index.meant(asked), key=order)
    ways = {entry: index.way_to(entry) for entry in meant}
    roots = dict.fromkeys((way or [entry])[-1].cause for entry, way in ways.items())
    needed = {*meant, *(above for way in ways.values() for above in way)}
    return [_tree(index, root, set(meant), needed) for root in roots]


def _tree(index: Index, root: str, meant: set[Entry], needed: set[Entry]) -> Tree:
    tree = Tree(_cause(root), guide_style="dim")
    waiting: list[tuple[Tree, str, Entry | None]] = [(tree, root, None)]
    while waiting:
        branch, name, above = waiting.pop(0)
        effects = index.effects(name)
        shown = [entry for number, entry in enumerate(effects) if number < MANY or entry in needed]
        for entry in shown:
            waiting.append((branch.add(_said(entry, above, entry in meant)), entry.cause_of_next, entry))
        if len(shown) < len(effects):
            branch.add(Text(f"… and {len(effects) - len(shown):,} more", "dim"))
    return tree


def _cause(name: str) -> Text:
    """What began it, in words."""
    kind, _, rest = name.partition("/")
    if kind == "http":
        who, _, what = rest.partition("/")
        return Text.assemble(("request ", "dim"), (who, "bold"), " ", what)
    if kind == "wake":
        return Text.assemble(("deadline of ", "dim"), rest.rpartition("/")[0])
    return Text.assemble(("cause ", "dim"), name)


def _said(entry: Entry, above: Entry | None, meant: bool) -> Text:
    return Text.assemble(
        (entry.type, f"bold {COLOURS.get(entry.source, '')}" + (" reverse" if meant else "")),
        (f"  {entry.id}", "bold" if meant else ""),
        (f"  {entry.source}", COLOURS.get(entry.source, "")),
        (f"  {instant(entry.time)}", "dim"),
        (f"  {_how(entry, above)}" if above else "", "green"),
    )


def _how(entry: Entry, above: Entry) -> str:
    """How long after its cause it was sent, and by what, when something lies between; or that its time came."""
    after = f"+{span((entry.sent - above.sent).total_seconds())}"
    if entry.cause == above.cause_of_next:
        return after
    kind, _, rest = entry.cause.partition("/")
    document = rest.partition("/")[0]
    if kind == "wake" and document == entry.subject:
        return "at its deadline"
    return f"{after} by {document if kind == 'wake' else kind}"


def plain(trees: list[Tree]) -> Iterator[str]:
    """The labels, each indented by its depth."""
    waiting = [(0, tree) for tree in trees]
    while waiting:
        depth, tree = waiting.pop(0)
        yield "  " * depth + str(tree.label)
        waiting[:0] = [(depth + 1, child) for child in tree.children]
