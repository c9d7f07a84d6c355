"""One sender for each medium."""

from typing import ClassVar

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def add_senders(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """SMS goes faster than e-mail, whose relays count more strictly."""
    sender = apps.get_model("reminders", "Sender")
    sender.objects.bulk_create([sender(medium="sms", per_minute=1200), sender(medium="email", per_minute=600)])


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("reminders", "0002_append_only")]

    operations: ClassVar[list[migrations.operations.base.Operation]] = [
        migrations.RunPython(add_senders, migrations.RunPython.noop)
    ]
