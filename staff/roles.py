"""What each role may do: one table, read by every page and every service."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What somebody does for the lender; each person has one."""

    COLLECTOR = "collector", _("Collector")
    FIELD_AGENT = "field_agent", _("Field agent")
    SUPERVISOR = "supervisor", _("Supervisor")
    OPERATIONS = "operations", _("Operations")
    LEGAL_OFFICER = "legal_officer", _("Legal officer")
    POLICY_ADMIN = "policy_admin", _("Policy admin")
    SYSTEM_ADMIN = "system_admin", _("System admin")
    AUDITOR = "auditor", _("Auditor")


VIEWERS = frozenset(
    {Role.COLLECTOR, Role.FIELD_AGENT, Role.SUPERVISOR, Role.OPERATIONS, Role.LEGAL_OFFICER, Role.AUDITOR}
)

PERMISSIONS: dict[str, frozenset[Role]] = {
    # Loans and borrowers of one's own portfolios, personal data masked.
    "loans.view": VIEWERS,
    "borrowers.view": VIEWERS,
    # Every portfolio, not only those of one's team.
    "portfolios.all": frozenset({Role.AUDITOR}),
    # Book and reverse money.
    "loans.book": frozenset({Role.OPERATIONS}),
    # Cases of one's own portfolios, with what blocks their next move.
    "cases.view": VIEWERS,
    # Send a case back to the stage before, with a reason.
    "cases.step_back": frozenset({Role.SUPERVISOR}),
    # Agree to what a colleague asked for.
    "cases.approve_visits": frozenset({Role.SUPERVISOR}),
    "cases.approve_legal": frozenset({Role.SUPERVISOR, Role.LEGAL_OFFICER}),
    "cases.approve_closing": frozenset({Role.SUPERVISOR}),
    # Take the state of every visible loan out of the portal as a file.
    "loans.export": frozenset({Role.OPERATIONS, Role.AUDITOR}),
    # See one personal field in clear, with a reason that is kept.
    "borrowers.reveal": frozenset({Role.COLLECTOR, Role.SUPERVISOR, Role.OPERATIONS, Role.LEGAL_OFFICER}),
    "intake.view": frozenset({Role.OPERATIONS, Role.AUDITOR}),
    "intake.load": frozenset({Role.OPERATIONS}),
    "audit.view": frozenset({Role.AUDITOR}),
    "staff.view": frozenset({Role.SYSTEM_ADMIN, Role.AUDITOR}),
    "staff.manage": frozenset({Role.SYSTEM_ADMIN}),
}


def permissions_of(role: str) -> set[str]:
    """The permissions of a role; an unknown role has none."""
    return {permission for permission, roles in PERMISSIONS.items() if role in roles}
