"""The house rules that can be read from the sources: which layer knows which, and who may ask the clock."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = (
    *("reports", "intake", "approvals", "legal", "bureau", "letters", "visits", "reminders", "cases", "contacts"),
    *("holds", "loans", "evidence", "borrowers", "policies", "staff", "audit", "ui", "rulebook"),
)
OPEN_ROOMS = {"ui", "rulebook"}  # everybody may use all of them
DOORS = {"services", "selectors", "models", "clearance", "lifecycle"}  # booking_services is a door as services is
# The guard before a view, the words of the permission table, and the field whose value is sealed.
ACCESS = {("staff", "access"), ("staff", "roles"), ("borrowers", "fields")}
# Top to bottom: a layer imports from those after it, never from those before.
LAYERS = (
    ("urls",),
    ("views", "admin"),
    ("forms", "tables"),
    ("tasks",),
    ("services",),
    ("clearance", "gateways", "readers"),
    ("queues",),
    ("selectors",),
    ("models",),
    ("lifecycle",),
)
RANK = {layer: rank for rank, layers in enumerate(LAYERS) for layer in layers}
ASKS_THE_CLOCK = {("timezone", "now"), ("timezone", "localdate")} | {
    (what, how) for what in ("date", "datetime") for how in ("today", "now", "utcnow")
}
NO_NAMES = {"utils", "helpers", "common", "signals"}
LONGEST = 400


def modules() -> list[Path]:
    folders = (*ROOMS, "collections_portal")
    found = [
        path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")) if "migrations" not in path.parts
    ]
    return [path.relative_to(ROOT) for path in found]


def tree(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


def imported(path: Path) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Every imported name with its line, `from a.b import c` as a.b.c."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, tuple(name.name.split("."))) for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.lineno, (*node.module.split("."), name.name)) for name in node.names)


every_module = pytest.mark.parametrize("path", modules(), ids=str)


@every_module
def test_a_room_is_entered_by_its_services_selectors_or_models(path: Path) -> None:
    room = path.parts[0]
    strangers = [
        (line, ".".join(name))
        for line, name in imported(path)
        if room in ROOMS and name[0] in ROOMS and name[0] not in OPEN_ROOMS | {room}
        if name[1].rsplit("_", 1)[-1] not in DOORS and name[:2] not in ACCESS
    ]
    assert strangers == []


@every_module
def test_a_layer_imports_only_from_layers_below(path: Path) -> None:
    room, rank = path.parts[0], rank_of(path.parts[1])
    upwards = [
        (line, ".".join(name))
        for line, name in imported(path)
        if room in ROOMS and rank is not None and name[0] == room
        if (theirs := rank_of(name[1])) is not None and theirs < rank
    ]
    assert upwards == []


@every_module
def test_only_views_tasks_and_commands_ask_the_clock(path: Path) -> None:
    top = {RANK["views"], RANK["tasks"]}
    may = rank_of(path.parts[1]) in top or path.parts[1] == "management" or path.parts[0] == "collections_portal"
    asked = [
        node.lineno
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and (_last_word(node.value), node.attr) in ASKS_THE_CLOCK
    ]
    assert may or asked == []


@every_module
def test_imports_stand_at_the_top(path: Path) -> None:
    inside = [
        node.lineno
        for function in ast.walk(tree(path))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    stars = [line for line, name in imported(path) if name[-1] == "*"]
    assert inside + stars == []


@every_module
def test_a_module_says_in_its_name_what_it_holds_and_stays_short(path: Path) -> None:
    assert not NO_NAMES & {part.removesuffix(".py") for part in path.parts}
    assert len((ROOT / path).read_text(encoding="utf-8").splitlines()) <= LONGEST


def rank_of(module: str) -> int | None:
    """The layer of `views.py`, `borrower_views.py` or the folder `views/`; None for what is no layer."""
    return RANK.get(module.removesuffix(".py").rsplit("_", 1)[-1])


def _last_word(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
