"""The database refuses to change a policy version."""

from typing import ClassVar

from django.db import migrations

from audit.append_only import append_only


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("policies", "0001_initial")]

    operations: ClassVar[list[migrations.operations.base.Operation]] = [append_only("policies_policyversion")]
