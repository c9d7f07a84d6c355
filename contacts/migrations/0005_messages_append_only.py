"""The database refuses to change which messages were handed over and what gateways said of them."""

from typing import ClassVar

from django.db import migrations

from audit.append_only import append_only


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("contacts", "0004_messages")]

    operations: ClassVar[list[migrations.operations.base.Operation]] = [
        append_only("contacts_message"),
        append_only("contacts_receipt"),
    ]
