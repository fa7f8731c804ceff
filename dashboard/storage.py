"""Static files as they are collected: each under the hash of what is in it, the sheet and the script in one piece."""

import re
from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

from ui.scripts import SCRIPTS

Paths = dict[str, tuple[Storage, str]]
"""Collected files by name: where each comes from, and what it is called there."""

SHEET = "app.css"
_IMPORT = re.compile(r'^@import url\("(?P<name>[^"]+)"\) layer\((?P<layer>\w+)\);$', re.MULTILINE)


class StaticStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # WhiteNoise has no types
    """WhiteNoise's storage, but what the sheet imports is put into it, and all scripts into the first, so that a page
    asks for one file and not for each.

    Files that are served from where they lie (DEBUG) are not collected: there the browser follows the imports.
    """

    joins_scripts = True
    """That a page asks for the first of ui.scripts alone."""

    def post_process(self, paths: Paths, dry_run: bool = False, **options: Any) -> Iterator[tuple[str, str, object]]:
        if not dry_run:
            paths = self._with_joined_script(self._with_joined_sheet(paths))
        yield from super().post_process(paths, dry_run=dry_run, **options)

    def _with_joined_sheet(self, paths: Paths) -> Paths:
        sheet = _text(paths[SHEET])
        parts = {found["name"] for found in _IMPORT.finditer(sheet)}
        joined = _IMPORT.sub(lambda found: f"@layer {found['layer']} {{\n{_text(paths[found['name']])}}}", sheet)
        self.delete(SHEET)
        self._save(SHEET, ContentFile(joined.encode()))
        return {name: path for name, path in paths.items() if name not in parts} | {SHEET: (self, SHEET)}

    def _with_joined_script(self, paths: Paths) -> Paths:
        joined = "\n".join(_text(paths[name]) for name in SCRIPTS)
        self.delete(SCRIPTS[0])
        self._save(SCRIPTS[0], ContentFile(joined.encode()))
        return {name: path for name, path in paths.items() if name not in SCRIPTS} | {SCRIPTS[0]: (self, SCRIPTS[0])}


def _text(path: tuple[Storage, str]) -> str:
    storage, name = path
    with storage.open(name) as file:
        return str(file.read().decode())
