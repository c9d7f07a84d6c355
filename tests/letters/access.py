"""Who may open the pages of letters."""

from tests.access_rows import Row

LETTER_PAGES: dict[str, Row] = {}
