"""Imports point one way; who may import what is said here and in ARCHITECTURE.md, nowhere else."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("dashboard", "orders", "payments", "accounts", "audit", "sandbox")

# Room → what of ours it may import. The longest prefix decides.
MAY_IMPORT = {
    "orders": {"orders", "payments", "accounts", "audit", "dashboard"},
    "payments": {"payments", "orders.api", "orders.connection", "accounts", "audit", "dashboard"},
    "orders.api": {"orders.api"},
    "accounts": {"accounts", "audit", "dashboard"},
    "audit": {"audit", "dashboard"},
    "dashboard": {"dashboard"},
    "dashboard.management": {"dashboard", "accounts", "payments"},
    "sandbox": {"sandbox"},
}


def modules() -> list[tuple[str, Path]]:
    return [
        (".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"), path)
        for room in ROOMS
        for path in sorted((ROOT / room).rglob("*.py"))
    ]


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


@pytest.mark.parametrize(("module", "path"), modules(), ids=lambda value: value if isinstance(value, str) else "")
def test_a_module_imports_only_what_its_room_may(module: str, path: Path) -> None:
    allowed = MAY_IMPORT[room_of(module)]
    ours = {name for name in imports_of(path) if name.split(".")[0] in ROOMS}
    assert {name for name in ours if not any(within(name, room) for room in allowed)} == set()


@pytest.mark.parametrize(("module", "path"), modules(), ids=lambda value: value if isinstance(value, str) else "")
def test_only_the_client_knows_httpx_and_it_knows_no_django(module: str, path: Path) -> None:
    libraries = {name.split(".")[0] for name in imports_of(path)}
    if within(module, "orders.api"):
        assert "django" not in libraries
    else:
        assert not libraries & {"httpx", "httpx_retries"}


def test_no_module_outgrows_400_lines() -> None:
    assert {
        name: n
        for name, path in modules()
        if "migrations" not in name and (n := len(path.read_text().splitlines())) > 400
    } == {}
