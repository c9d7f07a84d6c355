"""The database refuses to change what the gate decided, what was logged, and how promises changed."""

from typing import ClassVar

from django.db import migrations

from audit.append_only import append_only


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("contacts", "0001_initial")]

    operations: ClassVar[list[migrations.operations.base.Operation]] = [
        append_only("contacts_clearance"),
        append_only("contacts_attempt"),
        append_only("contacts_attemptundone"),
        append_only("contacts_attempteffect"),
        append_only("contacts_promisechange"),
    ]
