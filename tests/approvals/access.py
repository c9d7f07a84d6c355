"""Who may open the pages of what waits for a second pair of eyes."""

from tests.access_rows import Row

APPROVALS: dict[str, Row] = {}
