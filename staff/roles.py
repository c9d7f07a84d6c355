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
    # Take the next case from the queue, call, and log what came of it.
    "contacts.log": frozenset({Role.COLLECTOR, Role.SUPERVISOR}),
    # Answer complaints and offers for the team; agree to a promise beyond a collector's limits.
    "contacts.answer": frozenset({Role.SUPERVISOR}),
    "promises.decide": frozenset({Role.SUPERVISOR}),
    # See who is on what, and give cases to people.
    "team.view": frozenset({Role.SUPERVISOR, Role.AUDITOR}),
    "cases.assign": frozenset({Role.SUPERVISOR}),
    # What a night changed and why; do at once what it set aside.
    "nights.view": frozenset({Role.SUPERVISOR, Role.OPERATIONS, Role.AUDITOR}),
    "nights.retry": frozenset({Role.SUPERVISOR, Role.OPERATIONS}),
    # Send a case back to the stage before, with a reason.
    "cases.step_back": frozenset({Role.SUPERVISOR}),
    # Agree to what a colleague asked for.
    "cases.approve_visits": frozenset({Role.SUPERVISOR}),
    "cases.approve_legal": frozenset({Role.SUPERVISOR, Role.LEGAL_OFFICER}),
    "cases.approve_closing": frozenset({Role.SUPERVISOR, Role.LEGAL_OFFICER}),
    # Ask for what takes a second person, see what waits, and go to court without visits, with a reason.
    "approvals.view": frozenset({Role.COLLECTOR, Role.SUPERVISOR, Role.LEGAL_OFFICER, Role.AUDITOR}),
    "approvals.request": frozenset({Role.COLLECTOR, Role.SUPERVISOR, Role.LEGAL_OFFICER}),
    "cases.waive_visits": frozenset({Role.SUPERVISOR}),
    # Visits: see them, ask for one, send people there, make one, judge what came of it.
    "visits.view": frozenset({Role.COLLECTOR, Role.FIELD_AGENT, Role.SUPERVISOR, Role.LEGAL_OFFICER, Role.AUDITOR}),
    "visits.request": frozenset({Role.COLLECTOR, Role.SUPERVISOR}),
    "visits.assign": frozenset({Role.SUPERVISOR}),
    "visits.make": frozenset({Role.FIELD_AGENT}),
    "visits.review": frozenset({Role.SUPERVISOR}),
    # Letters on paper: read them; write and post them and say what became of them.
    "letters.view": frozenset({Role.SUPERVISOR, Role.OPERATIONS, Role.LEGAL_OFFICER, Role.AUDITOR}),
    "letters.write": frozenset({Role.SUPERVISOR, Role.OPERATIONS, Role.LEGAL_OFFICER}),
    # Legal referrals: see them; take steps, make a loan due as a whole, charge its costs.
    "legal.view": frozenset({Role.SUPERVISOR, Role.LEGAL_OFFICER, Role.AUDITOR}),
    "legal.act": frozenset({Role.LEGAL_OFFICER}),
    "loans.accelerate": frozenset({Role.LEGAL_OFFICER}),
    "loans.charge_costs": frozenset({Role.OPERATIONS, Role.LEGAL_OFFICER}),
    # The overdue record: see it; make the monthly report; take in what a borrower disputes, and answer it.
    "bureau.view": frozenset({Role.SUPERVISOR, Role.OPERATIONS, Role.LEGAL_OFFICER, Role.AUDITOR}),
    "bureau.report": frozenset({Role.OPERATIONS}),
    "bureau.export": frozenset({Role.OPERATIONS, Role.AUDITOR}),
    "bureau.dispute": frozenset({Role.COLLECTOR, Role.SUPERVISOR, Role.OPERATIONS}),
    "bureau.answer": frozenset({Role.OPERATIONS}),
    # Stop penalty or the overdue clock for some days.
    "loans.pause": frozenset({Role.OPERATIONS, Role.SUPERVISOR, Role.LEGAL_OFFICER}),
    # Say why somebody must not be chased; end that again, where the law is behind it only by a legal officer.
    "holds.place": frozenset({Role.COLLECTOR, Role.FIELD_AGENT, Role.SUPERVISOR, Role.OPERATIONS, Role.LEGAL_OFFICER}),
    "holds.lift": frozenset({Role.SUPERVISOR, Role.LEGAL_OFFICER}),
    "holds.lift_legal": frozenset({Role.LEGAL_OFFICER}),
    # Take the state of every visible loan out of the portal as a file.
    "loans.export": frozenset({Role.OPERATIONS, Role.AUDITOR}),
    # See one personal field in clear, with a reason that is kept.
    "borrowers.reveal": frozenset({Role.COLLECTOR, Role.SUPERVISOR, Role.OPERATIONS, Role.LEGAL_OFFICER}),
    "intake.view": frozenset({Role.OPERATIONS, Role.AUDITOR}),
    "intake.load": frozenset({Role.OPERATIONS}),
    # What was written to borrowers of one's own portfolios and what became of it.
    "reminders.view": frozenset({Role.SUPERVISOR, Role.OPERATIONS, Role.AUDITOR}),
    # Stop all messages by one medium, and let them go again.
    "reminders.pause": frozenset({Role.SUPERVISOR, Role.OPERATIONS}),
    # Say what became of a message that needs a look; call off one that is planned.
    "reminders.settle": frozenset({Role.SUPERVISOR, Role.OPERATIONS}),
    # The texts of messages: read them with a preview, write them, agree to what a colleague wrote.
    "templates.view": frozenset({Role.POLICY_ADMIN, Role.SUPERVISOR, Role.OPERATIONS, Role.AUDITOR}),
    "templates.edit": frozenset({Role.POLICY_ADMIN}),
    "templates.approve": frozenset({Role.POLICY_ADMIN}),
    # Write to somebody again who had said no more, because they asked for it.
    "borrowers.lift_opt_out": frozenset({Role.SUPERVISOR}),
    # Why the overdue totals of one's own portfolios changed; write today's brief again.
    "reports.view": frozenset({Role.SUPERVISOR, Role.AUDITOR}),
    "reports.make": frozenset({Role.SUPERVISOR}),
    "audit.view": frozenset({Role.AUDITOR}),
    "staff.view": frozenset({Role.SYSTEM_ADMIN, Role.AUDITOR}),
    "staff.manage": frozenset({Role.SYSTEM_ADMIN}),
}


def permissions_of(role: str) -> set[str]:
    """The permissions of a role; an unknown role has none."""
    return {permission for permission, roles in PERMISSIONS.items() if role in roles}
