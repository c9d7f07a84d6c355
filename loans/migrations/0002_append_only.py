"""The database refuses to change what happened to a loan, and its ledger."""

from typing import ClassVar

from django.db import migrations

from audit.append_only import append_only


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("loans", "0001_initial")]

    operations: ClassVar[list[migrations.operations.base.Operation]] = [
        append_only("loans_loanevent"),
        append_only("loans_ledgerentry"),
    ]
