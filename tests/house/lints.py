"""The house rules that no ready-made linter knows. Each takes one source and yields what is wrong, as
`line: words`; `test_lints.py` runs them and plants a fault for each.
"""

import ast
import re
from collections.abc import Callable, Iterator

from tests.house.sources import Source

Lint = Callable[[Source], Iterator[str]]
PRODUCERS = {"AIOKafkaProducer", "publish", "publish_batch", "send_and_wait"}
STORE_WRITES = {
    *("bulk_write", "insert_one", "insert_many", "update_one", "update_many", "replace_one", "delete_one"),
    *("delete_many", "find_one_and_update", "find_one_and_replace", "find_one_and_delete"),
}
METRICS = {"Counter", "Gauge", "Histogram", "Summary", "Info", "Enum"}
POLLING = {"until", "wait_until"}
LONGEST = 200
SUFFIXES = ("Manager", "Helper", "Helpers", "Util", "Utils", "Impl", "Repository", "UseCase", "DTO", "Factory", "Base")
PREFIXES = ("Base", "Abstract")
WALL_CLOCK = {
    "shared/clock.py": "the one clock",
    "shared/running.py": "measures the store's clock against our own",
    "shared/access.py": "a token's expiry is wall clock",
    "shared/logs.py": "a log line's time is wall clock",
}
"""Where the wall clock may be read, and why. `deploy` and the benches measure real time too."""
STILL_LONG = {
    "shared/document.py": 330,
    "shared/documents.py": 270,
    "shared/desk.py": 240,
    "shared/consume.py": 250,
    "shared/running.py": 240,
    "shared/http.py": 220,
    "shared/events/registry.py": 240,
    "shared/events/inspection.py": 240,
}
"""Files over the limit, that may not grow: the heart of the kernel, and a service's language in one file."""
REGISTRIES = [
    ".".join(parts)
    for parts in (
        *(("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"), ("yarnpkg", "com")),
        *(("crates", "io"), ("maven", "org"), ("proxy.golang", "org"), ("sum.golang", "org"), ("docker", "io/")),
        *(("rubygems", "org"), ("nodesource", "com"), ("mvnrepository", "com"), ("sonatype", "org")),
    )
]
HOST = re.compile("|".join(rf"(?<![\w-]){re.escape(name)}" for name in REGISTRIES), re.IGNORECASE)
OWN_FOLDERS = (
    *(rf"{name}(?![\w-])" for name in ("work", "root")),
    *(rf"{name}/\w" for name in ("home", "Users", "tmp")),
)
MACHINE = re.compile(rf"(?<![\w.*$~}}/-])/(?:{'|'.join(OWN_FOLDERS)})")


def docstring(source: Source) -> Iterator[str]:
    """Every module says what it is for, in one to five lines."""
    if source.text.strip() == "":
        return
    words = ast.get_docstring(source.tree)
    if words is None:
        yield "1: no docstring: say in one to five lines what this module is for"
    elif not source.within("tests") and len(words.splitlines()) > 9:
        yield "1: the module's docstring is an essay: a page in docs/ may be better"


def length(source: Source) -> Iterator[str]:
    """A file over the limit becomes a folder of the same name."""
    lines = source.text.count("\n")
    most = STILL_LONG.get(source.path, LONGEST)
    if not source.within("tests") and lines > most:
        yield f"{lines}: longer than {most} lines: make it a folder of the same name"


def class_names(source: Source) -> Iterator[str]:
    """A class is called by what it is in the domain, not by its place in a pattern."""
    for node, _ in source.nodes:
        if isinstance(node, ast.ClassDef):
            name = node.name.lstrip("_")
            if name.endswith(SUFFIXES) or name.startswith(PREFIXES):
                yield f"{node.lineno}: {node.name}: name it after what it is, or make it a function"


def saying(source: Source) -> Iterator[str]:
    """Only the relay produces."""
    if source.within("shared/relay.py", "tests"):
        return
    for call, name, _ in source.calls():
        if name.split(".")[-1] in PRODUCERS:
            yield f"{call.lineno}: {name}(): only shared/relay.py says anything on Kafka; return Changes"


def hearing(source: Source) -> Iterator[str]:
    """Only the consuming wrapper subscribes: its acknowledgement policy is the one that loses nothing."""
    if source.within("shared/consume.py", "tests"):
        return
    for line, name in source.imports():
        if name.split(".")[0] == "faststream":
            yield f"{line}: {name}: only shared/consume.py subscribes; use Reactions"
    for call, name, _ in source.calls():
        if name.endswith(".subscriber"):
            yield f"{call.lineno}: {name}(): only shared/consume.py subscribes; use Reactions"


def writing(source: Source) -> Iterator[str]:
    """Only the documents module writes to a store, guarded by the version."""
    if source.within("shared/documents.py", "tests"):
        return
    for call, name, _ in source.calls():
        if "." in name and name.split(".")[-1] in STORE_WRITES:
            yield f"{call.lineno}: {name}(): only shared/documents.py writes; return Changes"


def swallowing(source: Source) -> Iterator[str]:
    """What went wrong is never dropped without a word."""
    broad = {"Exception", "BaseException"}
    for node, _ in source.nodes:
        if isinstance(node, ast.ExceptHandler):
            kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            named = {dotted_last(kind) for kind in kinds if kind is not None}
            if (node.type is None or named & broad) and all(_says_nothing(line) for line in node.body):
                yield f"{node.lineno}: an error of any kind is dropped without a word"
    for call, name, _ in source.calls():
        if name.endswith("suppress") and broad & {dotted_last(argument) for argument in call.args}:
            yield f"{call.lineno}: {name}: an error of any kind is dropped without a word"


def dotted_last(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _says_nothing(line: ast.stmt) -> bool:
    constant = isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant)
    return isinstance(line, ast.Pass | ast.Continue) or constant


def sleeping(source: Source) -> Iterator[str]:
    """A test waits for a fact, not for a while."""
    name = source.path.split("/")[-1]
    if not source.within("tests") or not (name.startswith("test_") or name == "conftest.py"):
        return
    for call, called, function in source.calls():
        sleeps = called in ("time.sleep", "asyncio.sleep", "sleep") and not _yields(call)
        if sleeps and function.lstrip("_") not in POLLING:
            yield f"{call.lineno}: {called}() in {function or 'the module'}: poll for a fact in `until`"


def _yields(call: ast.Call) -> bool:
    """sleep(0) only lets others go first."""
    first = call.args[0] if call.args else None
    return isinstance(first, ast.Constant) and first.value == 0


def time(source: Source) -> Iterator[str]:
    """Rules get `now`; everything else asks the one clock."""
    if source.within(*WALL_CLOCK, "deploy", "tests"):
        return
    for call, name, _ in source.calls():
        if re.search(r"(^|\.)(datetime\.(now|utcnow|today)|date\.today|time\.time|time\.time_ns)$", name):
            yield f"{call.lineno}: {name}(): take `now`, or ask shared.clock"


def chance(source: Source) -> Iterator[str]:
    """Ids come from causes: nothing that is written is left to chance. (Outside effects may draw a token.)"""
    if not re.match(r"services/\w+/(domain|handlers|store|api)\b", source.path):
        return
    for line, name in source.imports():
        if name.split(".")[0] in ("random", "secrets", "uuid"):
            yield f"{line}: {name}: ids derive from the cause (shared.ids)"


def measuring(source: Source) -> Iterator[str]:
    """Metrics stand in a catalogue (metrics.py), each with its prefix and its meaning."""
    if source.within("tests", "deploy"):
        return
    catalogue = re.fullmatch(r"(shared|services/\w+)/metrics.py", source.path)
    for line, name in source.imports():
        if name.startswith("prometheus_client.") and name.split(".")[-1] in METRICS and not catalogue:
            yield f"{line}: {name}: metrics stand in shared/metrics.py, or in the service's own metrics.py"
    for call, name, _ in source.calls():
        if catalogue and name in METRICS:
            said = [a.value for a in call.args[:2] if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            if len(said) < 2 or not said[0].startswith("nuanxin_") or len(said[1]) < 10:
                yield f"{call.lineno}: {name}: nuanxin_<what>_<unit>, and what it means"


def handling(source: Source) -> Iterator[str]:
    """A handler is called by what is done, not by what is heard."""
    for node, _ in source.nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.lstrip("_").startswith("handle_"):
            yield f"{node.lineno}: {node.name}: say what is done: open_rectification"


def hosts(source: Source) -> Iterator[str]:
    """No package registry is named: which one serves is the business of whoever installs."""
    yield from _matches(source, HOST, "names a package registry")


def machine(source: Source) -> Iterator[str]:
    """No path of the machine that it was written on."""
    yield from _matches(source, MACHINE, "a path of one machine")


def _matches(source: Source, pattern: re.Pattern[str], words: str) -> Iterator[str]:
    for number, line in enumerate(source.text.splitlines(), 1):
        if found := pattern.search(line):
            yield f"{number}: {found.group()}: {words}"


OF_CODE: tuple[Lint, ...] = (
    *(docstring, length, class_names, saying, hearing, writing, swallowing, sleeping, time, chance, measuring),
    handling,
)
OF_TEXT: tuple[Lint, ...] = (hosts, machine)
