"""The database refuses to change a step that was taken, a cost that was charged, and which bundle was made."""

from typing import ClassVar

from django.db import migrations

from audit.append_only import append_only


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("legal", "0001_initial")]

    operations: ClassVar[list[migrations.operations.base.Operation]] = [
        append_only("legal_referralstep"),
        append_only("legal_cost"),
        append_only("legal_bundle"),
    ]
