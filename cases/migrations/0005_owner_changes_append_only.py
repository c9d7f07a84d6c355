"""The database refuses to change who owned a case when."""

from typing import ClassVar

from django.db import migrations

from audit.append_only import append_only


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("cases", "0004_assignment")]

    operations: ClassVar[list[migrations.operations.base.Operation]] = [append_only("cases_handovercase")]
