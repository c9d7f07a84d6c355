"""The page of a visit asks whether another one has the same photo."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("visits", "0002_append_only")]

    operations: ClassVar[list[migrations.operations.base.Operation]] = [
        migrations.AddIndex(
            model_name="visitphoto",
            index=models.Index(fields=["sha256"], name="visits_photo_content"),
        ),
    ]
