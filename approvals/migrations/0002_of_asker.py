"""The first page asks what became of what somebody asked for."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("approvals", "0001_initial")]

    operations: ClassVar[list[migrations.operations.base.Operation]] = [
        migrations.AddIndex(
            model_name="approval",
            index=models.Index(fields=["asked_by_id_then", "-id"], name="approvals_of_asker"),
        ),
    ]
