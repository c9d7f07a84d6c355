"""Who may open the pages of legal referrals."""

from tests.access_rows import Row

LEGAL: dict[str, Row] = {}
