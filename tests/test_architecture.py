"""Imports point one way; who may import what is said here and in ARCHITECTURE.md, nowhere else."""

import ast
import re
from functools import cache
from pathlib import Path

from domain.states import ORDER, PAYMENT, SHIPPING
from order_api import errors

ROOT = Path(__file__).resolve().parent.parent

FLOORS = (
    {"dashboard"},  # the project: settings, addresses, the server
    {"operations", "overview"},
    {"orders"},
    {"payments"},
    {"teamwork", "index", "jobs"},
    {"gateway"},
    {"accounts"},
    {"audit"},
    {"trade"},
    {"ui", "order_api"},
    {"domain", "privacy"},
)
"""From the top down. A room imports itself and rooms of lower floors. The sandbox stands apart: nothing
imports it, and it imports nothing."""
FLOOR = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
APART = {"sandbox"}
ROOMS = {*FLOOR, *APART}


def modules() -> list[tuple[str, Path]]:
    return [
        (".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"), path)
        for room in sorted(ROOMS)
        for path in sorted((ROOT / room).rglob("*.py"))
    ]


@cache
def imports_of(path: Path) -> set[str]:
    """The modules that a file imports, in whatever scope; relative imports would be a way around, so there are none."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.relative_to(ROOT)}: a relative import"
            found.add(node.module or "")
    return found


def within(module: str, room: str) -> bool:
    return module == room or module.startswith(f"{room}.")


def may_import(room: str, other: str) -> bool:
    return room == other or (room not in APART and other not in APART and FLOOR[room] < FLOOR[other])


def test_a_room_imports_only_rooms_of_lower_floors() -> None:
    upwards = {
        module: found
        for module, path in modules()
        if (found := {name for name in imports_of(path) if is_ours(name) and not may_import(top(module), top(name))})
    }
    assert upwards == {}


def top(module: str) -> str:
    return module.split(".", maxsplit=1)[0]


def is_ours(module: str) -> bool:
    return top(module) in ROOMS


def test_every_package_of_the_project_is_a_room() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert packages - {"tests", "benchmarks", "tools"} == ROOMS


def test_the_picture_in_the_architecture_shows_every_room_on_its_floor() -> None:
    lines = re.findall(r"^ {1,2}(\d+)   (.+)$", (ROOT / "ARCHITECTURE.md").read_text(), re.MULTILINE)
    shown = {room: int(floor) for floor, line in lines for room in re.findall(r"(\w+)/", line) if room in FLOOR}
    assert shown == {room: len(FLOORS) - 1 - floor for room, floor in FLOOR.items()}


def runs(node: ast.AST) -> list[ast.AST]:
    """The nodes below that run when the module is used; what only type checkers read is left out."""
    found = [node]
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.If) and isinstance(child.test, ast.Name) and child.test.id == "TYPE_CHECKING"):
            found += runs(child)
    return found


def neighbours(path: Path, known: dict[str, Path]) -> set[str]:
    """The modules of ours that a module imports, at whatever time; `from package import module` is the module."""
    found = set()
    for node in runs(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            whole = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in known else node.module or "" for name in whole}
    return found & known.keys()


def test_no_modules_import_one_another_in_a_circle() -> None:
    known = dict(modules())
    left = {module: neighbours(path, known) - {module} for module, path in known.items()}
    while done := {module for module, imports in left.items() if not imports & left.keys()}:
        left = {module: imports for module, imports in left.items() if module not in done}
    assert left == {}, "these import one another, or something that does"


def libraries(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imports_of(path)}


def test_only_the_client_knows_httpx() -> None:
    elsewhere = [(module, path) for module, path in modules() if not within(module, "order_api")]
    assert [module for module, path in elsewhere if libraries(path) & {"httpx", "httpx_retries"}] == []


def test_the_client_knows_no_django() -> None:
    inside = [(module, path) for module, path in modules() if within(module, "order_api")]
    assert inside
    assert [module for module, path in inside if "django" in libraries(path)] == []


def test_no_module_outgrows_400_lines() -> None:
    assert {
        name: n
        for name, path in modules()
        if "migrations" not in name and (n := len(path.read_text().splitlines())) > 400
    } == {}


# A state's name may stand in these places as something else: another vocabulary that happens to use the same word.
OTHER_VOCABULARIES = {
    "audit/models.py": {"intent", "accepted", "failed"},  # kinds and outcomes of the log's entries
    "jobs/models.py": {"failed", "Failed"},  # where a job stands
    "ui/held.py": {"confirmed"},  # a field of the forms
    "payments/models.py": {"accepted"},  # what a call came back with
    "index/models.py": {"failed"},  # a figure of domain.money
    "payments/listing/questions.py": {"refunded"},  # a tab of the list
    "payments/executions/verdict.py": {"pending", "failed"},  # codes of the evidence
    "payments/executions/profiles.py": {  # providers' words
        "pending",
        "processing",
        "failed",
        "captured",
        "cancelled",
        "refunded",
        "credited",
        "completed",
        "accepted",
        "declined",
    },
    "payments/presentation/vocabulary.py": {"pending", "failed"},  # codes of the evidence
    "orders/changes/flow.py": {"confirmed"},  # a form's field: warnings were read
}
NAMES_STATES = ("domain/states.py", "order_api/schemas/sets.py")


def literals_of(path: Path) -> set[str]:
    """The strings of a module that are no words for people and no docstrings."""
    tree = ast.parse(path.read_text())
    words = {
        id(node)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
        if call.func.id in ("_", "_g", "gettext", "gettext_lazy", "ngettext")
        for node in call.args
    }
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in words
    }


def test_only_the_table_of_states_names_a_state_of_the_api() -> None:
    names = {name.lower() for kind in (ORDER, PAYMENT, SHIPPING) for name in kind}
    found = {
        where: named
        for _module, path in modules()
        if (where := path.relative_to(ROOT).as_posix()) not in NAMES_STATES
        and not where.startswith("sandbox/")
        and "migrations" not in where
        and (named := {text for text in literals_of(path) if text.lower() in names})
    }
    assert found == OTHER_VOCABULARIES


def test_no_template_asks_for_a_state_of_the_api_by_its_name() -> None:
    names = {name for kind in (ORDER, PAYMENT, SHIPPING) for name in kind}
    asked = re.compile(r"""(?:state|status)\s*(?:==|!=|in)\s*['"](\w+)['"]""")
    found = {
        path.name: named
        for path in sorted((ROOT / "templates").rglob("*.html"))
        if (named := set(asked.findall(path.read_text())) & names)
    }
    assert found == {}


def caught(path: Path) -> set[str]:
    """The names of the errors that a module catches."""
    handlers = [node.type for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ExceptHandler)]
    nodes = [node for kind in handlers if kind is not None for node in ast.walk(kind)]
    return {node.id for node in nodes if isinstance(node, ast.Name)} | {
        node.attr for node in nodes if isinstance(node, ast.Attribute)
    }


def errors_of_the_api() -> set[str]:
    return {
        name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, errors.ApiError)
    }


def test_no_view_catches_an_error_of_the_api() -> None:
    views = [(module, path) for module, path in modules() if {"views"} & set(module.split("."))]
    assert len(views) > 10
    assert {module: found for module, path in views if (found := caught(path) & errors_of_the_api())} == {}
