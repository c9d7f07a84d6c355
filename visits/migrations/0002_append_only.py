"""The database refuses to change how visits changed and what was photographed."""

from typing import ClassVar

from django.db import migrations

from audit.append_only import append_only


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("visits", "0001_initial")]

    operations: ClassVar[list[migrations.operations.base.Operation]] = [
        append_only("visits_visitchange"),
        append_only("visits_visitphoto"),
    ]
