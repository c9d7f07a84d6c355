"""Who may open the pages of the overdue record."""

from tests.access_rows import Row

BUREAU: dict[str, Row] = {}
