"""A queue of any length: one borrower, loan and case of the demo, copied with numbers of their own by set statements.

Only for measuring: everything else in the portal goes through its services.
"""

from django.db import connection

from cases.models import Case
from cases.queues import in_queue

COPIES = """
WITH one AS (SELECT c.borrower_id, c.lead_loan_id, c.portfolio_id FROM cases_case c WHERE c.id = %(case)s),
people AS (
    INSERT INTO borrowers_borrower (borrower_no, name, id_number, email, language, content_digest, created_at)
    SELECT 'CROWD' || n, b.name, b.id_number, b.email, b.language, b.content_digest, b.created_at
    FROM borrowers_borrower b, one, generate_series(%(first)s, %(last)s) n WHERE b.id = one.borrower_id
    RETURNING id, borrower_no),
phones AS (
    INSERT INTO borrowers_phone (borrower_id, number, source, status)
    SELECT people.id, p.number, p.source, 'ok'
    FROM people, one, borrowers_phone p WHERE p.borrower_id = one.borrower_id),
loans AS (
    INSERT INTO loans_loan (loan_no, borrower_id, portfolio_id, product, principal, annual_rate, disbursed_on,
                            instalment_count, oldest_unpaid_due_on)
    SELECT people.borrower_no, people.id, l.portfolio_id, l.product, l.principal, l.annual_rate, l.disbursed_on,
           1, l.oldest_unpaid_due_on
    FROM people, one, loans_loan l WHERE l.id = one.lead_loan_id
    RETURNING id, borrower_id, portfolio_id, oldest_unpaid_due_on),
dues AS (
    INSERT INTO loans_instalment (loan_id, seq, due_on, principal_due, interest_due)
    SELECT id, 1, oldest_unpaid_due_on, 1000, 0 FROM loans)
INSERT INTO cases_case (borrower_id, portfolio_id, lead_loan_id, stage, chased_at, closed_as, opened_on, stage_since,
                        line, points, why, revision)
SELECT l.borrower_id, l.portfolio_id, l.id, 'reminder', 'reminder', '', c.opened_on, c.stage_since,
       6, l.id %% 90, c.why, 0
FROM loans l, cases_case c WHERE c.id = %(case)s
"""


def grow_queue(cases: int) -> None:
    """Bring the queue to so many cases."""
    there = Case.objects.count()
    one = in_queue(Case.objects.filter(lead_loan__oldest_unpaid_due_on__isnull=False))[0]
    with connection.cursor() as cursor:
        cursor.execute(COPIES, {"case": one.pk, "first": there + 1, "last": cases})
        cursor.execute("ANALYZE")
