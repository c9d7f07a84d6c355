"""Which terms rule."""

from policies.models import PolicyVersion
from rulebook.terms import TermsHistory

DEFAULT_LINE = "default"


def terms_history(line: str) -> TermsHistory:
    """All versions of a policy line, in the order in which they take effect."""
    return TermsHistory([version.dated() for version in PolicyVersion.objects.filter(line=line)])


def version_ids(line: str) -> dict[int, int]:
    """The row of each version of a line, by its number."""
    return dict(PolicyVersion.objects.filter(line=line).values_list("number", "pk"))


def version_numbers() -> dict[int, int]:
    """The number of every version of every line, by its row."""
    return dict(PolicyVersion.objects.values_list("pk", "number"))
