"""The sheet: a file a component, one thing a line, nothing that styles nothing, and one request for all of it."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage

from dashboard.storage import StaticStorage
from tests.test_architecture import FLOOR
from ui import scripts

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "static"
SCRIPTS = [STATIC / "app.js", *sorted((STATIC / "js").glob("*.js"))]
SHEET = (STATIC / "app.css").read_text()
FILES = {path.name: path.read_text() for path in sorted((STATIC / "css").glob("*.css"))}
IMPORTED = re.findall(r'@import url\("css/(.*)"\)', SHEET)
FROM_HTMX = {"htmx-request"}
CLASS = re.compile(r"\.([a-z][\w-]*)")


def bare(css: str) -> str:
    """Without comments and the contents of strings, on the same lines."""
    css = re.sub(r"/\*.*?\*/", lambda found: "\n" * found[0].count("\n"), css, flags=re.DOTALL)
    return re.sub(r'"[^"\n]*"', '""', css)


def preludes(css: str) -> Iterator[tuple[int, str]]:
    """What stands before each brace, with how deep it is: selectors and conditions."""
    depth, so_far = 0, ""
    for line in bare(css).splitlines():
        if line.endswith("{"):
            yield depth, (so_far + line.strip(" {")).strip()
            depth += 1
        depth -= line.strip() == "}"
        so_far = "" if line.endswith((";", "{", "}")) else so_far + line.strip() + " "


def opened(css: str) -> set[str]:
    """The classes that its outermost selectors begin with."""
    first = (re.match(r"[\w >*+~-]*(\.[\w-]+|:is\([^)]*\))", selector) for selector in outermost(css))
    return {name for found in first if found for name in CLASS.findall(found[1])}


def outermost(css: str) -> Iterator[str]:
    for depth, prelude in preludes(css):
        if depth == 0 and not prelude.startswith("@"):
            yield from re.split(r", (?![^(]*\))", prelude)


def written() -> set[str]:
    """Every word that a template, a module or the script may write as a class."""
    words: set[str] = set()
    for path in ROOT.glob("templates/**/*.html"):
        for value in re.findall(r'\bclass="((?:{%.*?%}|{{.*?}}|[^"])*)"', path.read_text()):
            words |= set(re.findall(r"[\w-]+", value))
            words |= {f"{stem}{n}" for stem in re.findall(r"([\w-]+-){{", value) for n in range(1, 10)}
    for room in FLOOR:
        for path in (ROOT / room).rglob("*.py"):
            texts = (n.value for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Constant))
            words |= {w for text in texts if isinstance(text, str) for w in re.findall(r"[\w-]+", text)}
    return words | set(re.findall(r"[\w-]+", "\n".join(map(Path.read_text, SCRIPTS))))


def test_each_line_says_one_thing_in_120_characters() -> None:
    wrong = [
        f"{name}:{number}: {line}"
        for name, css in FILES.items()
        for number, (line, plain) in enumerate(zip(css.splitlines(), bare(css).splitlines(), strict=True), 1)
        if len(line) > 120
        or plain.count(";") + plain.count("{") + plain.count("}") > 1
        or not (plain.endswith((";", "{", ",", ":")) or plain.strip() in ("", "}"))
    ]
    assert wrong == []


def test_every_class_is_one_that_something_writes() -> None:
    known = written() | FROM_HTMX
    styled = {name for css in FILES.values() for _, prelude in preludes(css) for name in CLASS.findall(prelude)}
    assert len(styled) > 150
    assert styled - known == set()


def test_a_component_is_styled_in_one_file() -> None:
    homes: dict[str, set[str]] = defaultdict(set)
    for file, css in FILES.items():
        for what in {f".{name}" for name in opened(css)} | set(outermost(css)):
            homes[what].add(file)
    assert {what: files for what, files in homes.items() if len(files) > 1} == {}


def test_there_are_two_breakpoints() -> None:
    """Of the window; what goes by the room that it has itself asks its container."""
    conditions = [
        prelude for css in FILES.values() for _, prelude in preludes(css) if "width" in prelude and "@media" in prelude
    ]
    assert {size for condition in conditions for size in re.findall(r"[\d.]+\w+", condition)} == {"56rem", "72rem"}


def test_the_sheet_imports_every_file_once() -> None:
    assert sorted(IMPORTED) == sorted(FILES)


@pytest.fixture
def collected(tmp_path: Path) -> list[str]:
    """The sheet as it is collected, by its name and under the hash of what is in it; then the script, as well."""
    source, storage = FileSystemStorage(STATIC), StaticStorage(location=tmp_path, base_url="/static/")
    names = [str(path.relative_to(STATIC)) for path in STATIC.rglob("*.*s") if path.suffix in (".css", ".js")]
    outcomes = [outcome for *_, outcome in storage.post_process({name: (source, name) for name in names})]
    assert not any(isinstance(outcome, Exception) for outcome in outcomes)
    return [
        (tmp_path / name).read_text() for each in ("app.css", "app.js") for name in (each, storage.stored_name(each))
    ]


def test_the_collected_sheet_is_one_file_with_all_of_it_in_order(collected: list[str]) -> None:
    for sheet in collected[:2]:
        places = [sheet.index(FILES[file]) for file in IMPORTED]
        assert places == sorted(places)
        assert "@import" not in sheet and "url(" not in bare(sheet)
        layers = [f"@layer {layer}" for layer in re.findall(r"layer\((\w+)\)", SHEET)]
        assert [prelude for depth, prelude in preludes(sheet) if depth == 0] == layers


def test_the_collected_script_is_one_file_with_all_of_it_in_order(collected: list[str]) -> None:
    for script in collected[2:]:
        places = [script.index((STATIC / name).read_text()) for name in scripts.SCRIPTS]
        assert places == sorted(places)


def test_every_script_is_loaded_and_no_two_call_something_the_same() -> None:
    """They share one scope: a name that two of them declare keeps the second one from running at all."""
    assert sorted(STATIC / name for name in scripts.SCRIPTS) == sorted(SCRIPTS)
    declared = [name for path in SCRIPTS for line in path.read_text().splitlines() for name in _declared(line)]
    assert sorted(declared) == sorted(set(declared)) and len(declared) > 40


def _declared(line: str) -> list[str]:
    return re.findall(r"(?:^|, )(\w+) = ", line.split(" ", 1)[1]) if line.startswith(("const ", "let ")) else []
