"""The repository as the lints read it: every source once, and the questions they ask of a tree."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE = ("shared", "services", "deploy", "tests")
TEXT = (*CODE, "docs", ".ci")
ENDINGS = {
    ".py",
    ".md",
    ".toml",
    ".yaml",
    ".yml",
    ".txt",
    ".in",
    ".sh",
    ".json",
    ".csv",
    ".lock",
    ".ini",
    ".cfg",
    ".xml",
}
LARGEST = 2_000_000


@dataclass(frozen=True)
class Source:
    """One file: `path` as the repository names it. `tree` is for Python only."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)

    def within(self, *places: str) -> bool:
        """In one of these folders, or one of these files."""
        return any(self.path == place or self.path.startswith(f"{place}/") for place in places)

    @cached_property
    def nodes(self) -> list[tuple[ast.AST, str]]:
        """Every node with the name of the function that it stands in."""
        return list(_walk(self.tree))

    def calls(self) -> Iterator[tuple[ast.Call, str, str]]:
        """Every call: itself, its dotted name as written, and the function that it stands in."""
        for node, function in self.nodes:
            if isinstance(node, ast.Call):
                yield node, dotted(node.func), function

    def imports(self) -> Iterator[tuple[int, str]]:
        """Every imported name, in full."""
        for node, _ in self.nodes:
            if isinstance(node, ast.Import):
                yield from ((node.lineno, name.name) for name in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from ((node.lineno, f"{node.module}.{name.name}") for name in node.names)


def _walk(tree: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    waiting = [(tree, "")]
    while waiting:
        node, function = waiting.pop()
        yield node, function
        inner = node.name if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else function
        waiting.extend((child, inner) for child in ast.iter_child_nodes(node))


def dotted(node: ast.AST) -> str:
    """`a.b.c` of an attribute, `?.c` where it hangs on something else than names."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "?"


@lru_cache(maxsize=1)
def python() -> list[Source]:
    return [source for source in texts() if source.path.endswith(".py") and source.within(*CODE)]


@lru_cache(maxsize=1)
def texts() -> list[Source]:
    """Every text that is kept in the repository, as far as a walk can tell."""
    files = [path for folder in TEXT for path in sorted((ROOT / folder).rglob("*")) if path.is_file()]
    files += [path for path in sorted(ROOT.iterdir()) if path.is_file() and path.name != "LICENSE"]
    return [
        Source(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8", errors="replace"))
        for path in files
        if _kept(path)
    ]


def _kept(path: Path) -> bool:
    if "__pycache__" in path.parts or path.stat().st_size > LARGEST:
        return False
    return path.suffix in ENDINGS or path.suffix == "" or path.name.startswith((".", "Dockerfile"))
