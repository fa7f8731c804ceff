"""Imports point one way; who may import what is said here and in ARCHITECTURE.md, nowhere else."""

import ast
import re
from functools import cache
from pathlib import Path

from domain.states import ORDER, PAYMENT, SHIPPING

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("privacy", "domain", "dashboard", "orders", "payments", "accounts", "audit", "sandbox")

# Room → what of ours it may import. The longest prefix decides.
MAY_IMPORT = {
    "privacy": {"privacy"},
    "domain": {"domain"},
    "orders": {"privacy", "domain", "orders", "payments", "accounts", "audit", "dashboard"},
    "payments": {"privacy", "domain", "payments", "orders.api", "orders.connection", "accounts", "audit", "dashboard"},
    "orders.api": {"orders.api"},
    "accounts": {"privacy", "domain", "accounts", "audit", "dashboard"},
    "audit": {"privacy", "domain", "audit", "dashboard"},
    "dashboard": {"domain", "dashboard"},
    "dashboard.management": {"domain", "dashboard", "accounts", "payments"},
    "sandbox": {"sandbox"},
}


def modules() -> list[tuple[str, Path]]:
    return [
        (".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"), path)
        for room in ROOMS
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


def room_of(module: str) -> str:
    return max((room for room in MAY_IMPORT if within(module, room)), key=len)


def not_allowed(module: str, path: Path) -> set[str]:
    allowed = MAY_IMPORT[room_of(module)]
    ours = {name for name in imports_of(path) if name.split(".")[0] in ROOMS}
    return {name for name in ours if not any(within(name, room) for room in allowed)}


def test_a_module_imports_only_what_its_room_may() -> None:
    assert {module: found for module, path in modules() if (found := not_allowed(module, path))} == {}


def libraries(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imports_of(path)}


def test_only_the_client_knows_httpx() -> None:
    elsewhere = [(module, path) for module, path in modules() if not within(module, "orders.api")]
    assert [module for module, path in elsewhere if libraries(path) & {"httpx", "httpx_retries"}] == []


def test_the_client_knows_no_django() -> None:
    inside = [(module, path) for module, path in modules() if within(module, "orders.api")]
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
    "payments/models.py": {"accepted"},  # what a call came back with
    "payments/judgement.py": {"pending", "processing", "failed"},  # providers' words, and codes of the evidence
    "payments/words.py": {"pending", "failed"},  # codes of the evidence
    "orders/changes/flow.py": {"confirmed"},  # a form's field: warnings were read
}
NAMES_STATES = ("domain/states.py", "orders/api/schemas/sets.py")


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
