"""Translations without the gettext programs: `python -m collections_portal.translations extract|compile`."""

import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages import mofile, pofile
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from django.utils.translation.template import templatize

from collections_portal.environment import BASE_DIR

LOCALE = BASE_DIR / "locale"
NOT_OURS = {".venv", "var", "tests", "bench", "docs", "migrations"}
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def compile_changed(locale: Path) -> int:
    """Write the .mo beside each .po that is newer; how many were written."""
    stale = [po for po in sorted(locale.glob("*/LC_MESSAGES/*.po")) if _older(po.with_suffix(".mo"), po)]
    for po in stale:
        with po.open("rb") as source, po.with_suffix(".mo").open("wb") as target:
            mofile.write_mo(target, pofile.read_po(source))
    return len(stale)


def messages() -> Catalog:
    """Every translatable string of our own Python and templates, with where it stands."""
    found = Catalog(project="collections-portal", charset="utf-8")
    for path, text in _sources():
        name = str(path.relative_to(BASE_DIR))
        source = io.BytesIO(text.encode())
        for line, message, comments, context in extract("python", source, KEYWORDS, ["Translators:"]):
            found.add(message, None, [(name, line)], auto_comments=comments, context=context)
    return found


def update(locale: Path) -> None:
    """Bring every .po up to date with the sources; what is gone from them is dropped."""
    template = messages()
    for po in sorted(locale.glob("*/LC_MESSAGES/django.po")):
        before = po.read_bytes()
        catalog = pofile.read_po(io.BytesIO(before))
        catalog.update(template, no_fuzzy_matching=True, update_creation_date=False)
        catalog.obsolete.clear()
        if written(catalog) != before:
            # The date tells when a word was last added or dropped, not when somebody last looked.
            catalog.creation_date = template.creation_date
            po.write_bytes(written(catalog))


def written(catalog: Catalog) -> bytes:
    """A catalog as it stands in its file."""
    target = io.BytesIO()
    pofile.write_po(target, catalog, width=120, sort_by_file=True, include_lineno=False, omit_header=False)
    return target.getvalue()


def _sources() -> Iterator[tuple[Path, str]]:
    for path in sorted(BASE_DIR.rglob("*.py")):
        if not NOT_OURS & set(path.relative_to(BASE_DIR).parts):
            yield path, path.read_text(encoding="utf-8")
    for path in sorted((BASE_DIR / "templates").rglob("*.*")):
        if path.suffix in {".html", ".txt"}:
            # What is left of a template is no Python; without its indentation its words can be told apart all the same.
            lines = templatize(path.read_text(encoding="utf-8"), origin=str(path)).splitlines()
            yield path, "\n".join(line.strip() for line in lines)


def _older(target: Path, source: Path) -> bool:
    return not target.exists() or target.stat().st_mtime < source.stat().st_mtime


if __name__ == "__main__":
    if sys.argv[1:] == ["extract"]:
        update(LOCALE)
    else:
        compile_changed(LOCALE)
