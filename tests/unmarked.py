"""Words for people that stand in templates and modules outside of gettext. `tests/test_languages.py` wants none."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser

from django.template.base import Lexer, TokenType

READ_ATTRIBUTES = {"title", "placeholder", "alt", "aria-label", "aria-description", "label", "aria-valuetext"}
"""Attributes that people read; and every data-… that has a word of a sentence in it."""
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_NO_WORDS = re.compile(r"⟪\d*⟫|&\w+;|\b(?:Ctrl|Cmd|Esc|Enter|UTC|CSV|JSON|ID|SHA-256|https?:\S+)\b")
_LITERAL = re.compile(r"""\|(?:default|default_if_none|yesno|join|add):(["'])(.*?)\1""")
_WITH = re.compile(r"""\b(?:title|label|says|words?|heading|text|note|hint|question)=(["'])(.*?)\1""")


class _Texts(HTMLParser):
    """Text nodes and attributes of a template whose tags were replaced by ⟪⟫."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.silent = 0
        self.found: list[tuple[int, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in ("script", "style", "code", "kbd", "svg")
        for name, value in attrs:
            is_submit = tag == "input" and name == "value" and dict(attrs).get("type") == "submit"
            is_said = name in READ_ATTRIBUTES or is_submit or (name.startswith("data-") and " " in (value or ""))
            if is_said and value:
                self.found.append((self.getpos()[0], value))

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in ("script", "style", "code", "kbd", "svg")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.found.append((self.getpos()[0], data))


def of_template(text: str) -> Iterator[tuple[int, str]]:
    """Line and words of whatever a template says that no tag translates."""
    parts, inside, skipped = [], False, ""
    for token in Lexer(text).tokenize():
        name = token.contents.split(" ", 1)[0] if token.token_type == TokenType.BLOCK else ""
        if name in ("comment", "blocktranslate", "blocktrans") and not inside:
            inside, skipped = True, f"end{name}"
        elif inside:
            inside = name != skipped
        elif token.token_type == TokenType.TEXT:
            parts.append(token.contents)
            continue
        elif token.token_type in (TokenType.BLOCK, TokenType.VAR):
            said = list(_LITERAL.finditer(token.contents))
            said += _WITH.finditer(token.contents) if name in ("include", "with") else ()
            yield from (
                (token.lineno or 0, match[2]) for match in said if " " in match[2].strip() or match[2][:1].isupper()
            )
        parts.append("⟪⟫" + "\n" * token.contents.count("\n"))
    reader = _Texts()
    reader.feed("".join(parts))
    reader.close()
    for line, words in reader.found:
        if _LETTERS.search(_NO_WORDS.sub(" ", words)):
            yield line, " ".join(words.split())


_GETTEXT = {"_", "_g", "sentence", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "pgettext"}
_GETTEXT |= {"pgettext_lazy", "npgettext", "npgettext_lazy"}
_FOR_PROGRAMMERS = re.compile(
    r"(Error|Exception|Configured|Warning|Http404|PermissionDenied)$|^(log|logger|logging|_log|_logger)$"
)
_SAID_OF_FIELDS = {"label", "help_text", "title", "empty_label", "says", "verbose_name"}
_FOR_MACHINES = re.compile(
    r"^\s*<\w|SELECT |PRAGMA |FROM |WHERE |^\) AS \w|^(GET|POST|PUT|PATCH|DELETE) |^\s*[A-Z]{2} [A-Z]{2}\b"
)
_SENTENCE = re.compile(r"[^\W\d_]{2,}[,.:]? [^\W\d_]+")


def of_module(text: str) -> Iterator[tuple[int, str]]:
    """Line and words of each string of a module that reads as words and is neither marked, nor documentation, nor for
    whoever runs or writes the program (errors of it, its log, what commands say)."""
    yield from _strings(ast.parse(text))


def _strings(node: ast.AST) -> Iterator[tuple[int, str]]:
    if isinstance(node, ast.Call) and (_name(node.func) in _GETTEXT or _is_for_programmers(node.func)):
        return
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return  # documentation
    if isinstance(node, ast.ClassDef) and any(_name(base).endswith("Enum") for base in node.bases):
        node.body = [each for each in node.body if not isinstance(each, ast.Assign)]  # codes
    if isinstance(node, ast.keyword) and node.arg in _SAID_OF_FIELDS and _LETTERS.search(_text(node.value)):
        yield node.value.lineno, _text(node.value)
    if isinstance(node, ast.Constant) and _SENTENCE.search(_text(node)) and not _FOR_MACHINES.search(_text(node)):
        yield node.lineno, _text(node)
    for child in ast.iter_child_nodes(node):
        yield from _strings(child)


def _is_for_programmers(called: ast.AST) -> bool:
    """Whether what is called makes an error of the program, or writes a line of its log."""
    name = _name(called)
    if name == "ValidationError":
        return False
    owner = _name(called.value) if isinstance(called, ast.Attribute) else ""
    return bool(_FOR_PROGRAMMERS.search(name) or _FOR_PROGRAMMERS.search(owner))


def _text(node: ast.AST) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _name(node: ast.AST) -> str:
    return str(getattr(node, "attr", "") or getattr(node, "id", ""))
