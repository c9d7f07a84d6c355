"""The database refuses to change how a message moved and which calls of gateways were taken."""

from typing import ClassVar

from django.db import migrations

from audit.append_only import append_only


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("reminders", "0001_initial")]

    operations: ClassVar[list[migrations.operations.base.Operation]] = [
        append_only("reminders_outboxchange"),
        append_only("reminders_hookcall"),
    ]
