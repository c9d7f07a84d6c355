"""Making PDFs: a template, the data that goes into it, and no way from the one to the other but as text."""

import datetime as dt
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import noto_cjk_sans_otc
import typst
from django.views.decorators.debug import sensitive_variables


@cache
def _fonts() -> typst.Fonts:
    # Only the font that comes with the portal, so that a letter looks the same wherever it is made.
    folder = str(Path(str(noto_cjk_sans_otc.FONT_PATH)).parent)
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])


@sensitive_variables("data", "given")
def typeset(template: Path, data: Mapping[str, Any], *, at: dt.datetime | None = None) -> bytes:
    """A PDF from a template in a .typ file and data, which the template reads as `json(bytes(sys.inputs.data))`.

    What stands in the data is printed as it is: a name such as "#panic()" is text, never markup. Amounts go in as
    text, since a number would become inexact. `at` is written into the file as the time it was made.
    """
    given = json.dumps(data, ensure_ascii=False)
    return typst.compile(
        str(template),
        root=str(template.parent),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": given},
        timestamp=int(at.timestamp()) if at else None,
    )
