"""The database refuses to change what was reported, and which file had it."""

from typing import ClassVar

from django.db import migrations

from audit.append_only import append_only


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("bureau", "0001_initial")]

    operations: ClassVar[list[migrations.operations.base.Operation]] = [
        append_only("bureau_recordrow"),
        append_only("bureau_recordexport"),
    ]
