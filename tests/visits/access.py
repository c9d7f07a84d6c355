"""Who may open the pages of visits."""

from tests.access_rows import Row

VISITS: dict[str, Row] = {}
