"""No view computes a number outside the registry of figures (docs/guide/mechanisms.md).

A number that people are shown has a definition, opens its records and is the same everywhere. So views,
shells and what they are made of ask `core.figures`. Here is found what counts by itself: `.count()`,
`.aggregate(…)`, an aggregate of Django's, `len` or `sum` of a question to the database, and `.count` in a
template.
"""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
# What is shown to people: the shells, all of `figures`, and in each app what belongs to its screens.
ROOMS = ("web", "console", "field", "api", "figures")
MODULES = {"views", "api", "desk", "cards", "lists", "listing", "templatetags", "public", "serving", "orders"}
APART = {"migrations", "generating", "management"}  # what stands there but shows nothing
AGGREGATES = {"Count", "Sum", "Avg", "Max", "Min", "StdDev", "Variance", "StringAgg"}
QUESTIONS = {"objects", "filter", "exclude", "all", "order_by", "values", "values_list", "distinct", "within",
             "visible_to"}  # fmt: skip
IN_TEMPLATE = re.compile(r"\{[{%][^}%]*\w\.count\b[^}%]*[}%]\}")
# Where something counts and shows no figure, each with its reason. One that is needed no more fails too.
_WAITS = "how much waits for this person at this moment, counted up to a limit"
_OF_FIGURE = "the records of a registered figure, by day, group or article as the page asks"
ALLOWED = {
    "shiliu/channel/groups/lists.py:coverage": "where the deliveries of one article stand; no figure",
    "shiliu/channel/groups/lists.py:with_numbers": "the reads of one article, beside each of its deliveries",
    "shiliu/channel/reading/lists.py:Told.days": _OF_FIGURE,
    "shiliu/channel/reading/lists.py:Told.groups": _OF_FIGURE,
    "shiliu/channel/reading/lists.py:totals": _OF_FIGURE,
    "shiliu/console/inbox/kinds.py:Waiting.count": _WAITS,
    "shiliu/console/morning.py:_part": _WAITS,
    "shiliu/field/navigation.py:": _WAITS,
    "shiliu/field/navigation.py:new_for": _WAITS,
    "shiliu/figures/signing/printed.py:_language": "which language a file is in; not shown",
    "shiliu/figures/signing/reading.py:differences": "whether there is time to compare days",
    "shiliu/requests/desk/lists.py:count": _WAITS,
    "shiliu/requests/desk/saved.py:keep": "whether one more may be kept; it is not shown",
    "shiliu/requests/templates/requests/console/_way.html:": _WAITS,
    "shiliu/web/sitemaps.py:Findable.get_latest_lastmod": "a date for programs",
}


@dataclass(frozen=True)
class Offence:
    """where: the file and what is inside it, as ALLOWED names them."""

    where: str
    line: int
    what: str

    def __str__(self) -> str:
        path, _colon, inside = self.where.partition(":")
        return f"{path}:{self.line}: {inside or 'the module'} computes a number by itself: {self.what}"


def modules(root: Path) -> Iterator[Path]:
    """The files whose numbers people see."""
    for path in sorted((root / "shiliu").rglob("*.py")):
        room, *inner = path.relative_to(root / "shiliu").with_suffix("").parts
        if not APART.intersection(inner) and (room in ROOMS or MODULES.intersection(inner)):
            yield path


class _Reader(ast.NodeVisitor):
    """Collects the offences of one module, by the function or class around each."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.inside: list[str] = []
        self.found: list[Offence] = []
        self.aggregates: set[str] = set()
        self.asked: set[str] = set()  # names that hold a question to the database

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        if node.module and node.module.startswith("django.db.models"):
            self.aggregates |= {it.asname or it.name for it in node.names if it.name in AGGREGATES}

    def _within(self, node: ast.FunctionDef | ast.ClassDef) -> None:
        before, self.asked = self.asked, set(self.asked)
        self.inside.append(node.name)
        self.generic_visit(node)
        self.inside.pop()
        self.asked = before

    visit_FunctionDef = visit_ClassDef = _within  # type: ignore[assignment]

    def visit_Assign(self, node: ast.Assign) -> None:
        self.generic_visit(node)
        names = {target.id for target in node.targets if isinstance(target, ast.Name)}
        self.asked = self.asked | names if _asks(node.value, self.asked) else self.asked - names

    def visit_Call(self, node: ast.Call) -> None:
        if what := self._computes(node):
            self.found.append(Offence(f"{self.path}:{'.'.join(self.inside)}", node.lineno, what))
        self.generic_visit(node)

    def _computes(self, node: ast.Call) -> str:
        of, arguments = node.func, node.args
        if isinstance(of, ast.Attribute):
            if of.attr == "count" and not arguments and not node.keywords:
                return ".count()"
            if of.attr == "aggregate":
                return ".aggregate(…)"
            if of.attr in AGGREGATES and isinstance(of.value, ast.Name) and of.value.id == "models":
                return f"models.{of.attr}(…)"
        if isinstance(of, ast.Name):
            if of.id in self.aggregates:
                return f"{of.id}(…)"
            if of.id in ("len", "sum") and arguments and _asks(_whole(arguments[0]), self.asked):
                return f"{of.id}(…) of a question to the database"
        return ""


def _whole(node: ast.expr) -> ast.expr:
    """Of a slice what it is a slice of."""
    return node.value if isinstance(node, ast.Subscript) else node


def _asks(node: ast.expr, asked: set[str]) -> bool:
    """Whether an expression is a question to the database or goes through all of its rows.

    A slice of one that has a name is a page, of which one may ask whether more follows.
    """
    if isinstance(node, ast.Name):
        return node.id in asked
    if isinstance(node, ast.Attribute):
        return node.attr in QUESTIONS or _asks(node.value, asked)
    if isinstance(node, (ast.GeneratorExp, ast.ListComp, ast.SetComp)):
        return _asks(node.generators[0].iter, asked)
    if isinstance(node, ast.Call):
        through = isinstance(node.func, ast.Name) and node.func.id in {"list", "set", "tuple", "sorted"}
        return _asks(node.args[0], asked) if through and node.args else _asks(node.func, asked)
    return False


def offences(root: Path = REPOSITORY) -> Iterator[Offence]:
    """All there are, also those that are allowed."""
    for path in modules(root):
        reader = _Reader(path.relative_to(root).as_posix())
        reader.visit(ast.parse(path.read_text("utf-8")))
        yield from reader.found
    for path in sorted((root / "shiliu").rglob("*.html")):
        for n, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
            if found := IN_TEMPLATE.search(line):
                yield Offence(f"{path.relative_to(root).as_posix()}:", n, found[0])


def faults(root: Path = REPOSITORY, allowed: dict[str, str] = ALLOWED) -> list[str]:
    found = list(offences(root))
    needless = sorted(allowed.keys() - {each.where for each in found})
    return [str(each) for each in found if each.where not in allowed] + [
        f"{where}: nothing is computed there any more. Take it out of tools/registry_only.py."
        for where in needless
    ]


if __name__ == "__main__":
    found = faults()
    print("\n".join(found))
    sys.exit(bool(found))
