"""The database refuses to change a move that a case made."""

from typing import ClassVar

from django.db import migrations

from audit.append_only import append_only


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("cases", "0001_initial")]

    operations: ClassVar[list[migrations.operations.base.Operation]] = [append_only("cases_casemove")]
