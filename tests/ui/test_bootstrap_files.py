"""The installed Bootstrap files are the ones Bootstrap published."""

import base64
import hashlib
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

PUBLISHED = {
    "css/bootstrap.min.css": "sRIl4kxILFvY47J16cr9ZwB07vP4J8+LH7qKQnuqkuIAvNWLzeN8tE5YBujZqJLB",
    "js/bootstrap.bundle.min.js": "FKyoEForCGlyvwx9Hj09JcYn3nv7wiPVlz7YYwJrWVcXK/BmnVDxM+D2scQbITxI",
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_file_is_the_published_one(name: str) -> None:
    path = finders.find(name)

    assert path
    assert base64.b64encode(hashlib.sha384(Path(path).read_bytes()).digest()).decode() == PUBLISHED[name]
