"""Templates that can be read in a diff: no line of more than 120 characters."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 120


def test_no_line_of_a_template_is_longer_than_the_limit() -> None:
    paths = [path for folder in ("templates", "sandbox/templates") for path in (ROOT / folder).rglob("*.html")]
    longest = {path: max(map(len, path.read_text().splitlines()), default=0) for path in paths}
    assert len(paths) > 100
    assert {str(path.relative_to(ROOT)): length for path, length in longest.items() if length > LONGEST} == {}
