"""Version 1 of the default line, which rules from the beginning.

Penalty on overdue principal at min(contract rate x 1.5, 24 %) / 360, no grace, no compounding; costs, penalty, interest, principal,
component-first. Sources: 银发〔2003〕251号 art. 3 (uplift 30-50 %), 24 % all-in cap, 民法典 art. 561 (order, unless agreed otherwise).
"""

import datetime as dt
from typing import Any, ClassVar

from django.db import migrations

# Written out, not taken from the rulebook's defaults: what ruled from the beginning must not change with the code.
TERMS = {
    "penalty": {
        "base": "principal",
        "rate": {"kind": "contract_uplift", "uplift": "0.50"},
        "day_count": 360,
        "grace_days": 0,
        "grace_mode": "cliff",
        "annual_cap": "0.24",
    },
    "allocation": {"order": ["cost", "penalty", "interest", "principal"], "style": "component_first"},
}


def add_first_version(apps: Any, schema_editor: Any) -> None:
    apps.get_model("policies", "PolicyVersion").objects.get_or_create(
        line="default",
        number=1,
        defaults={
            "effective_on": None,
            "terms": TERMS,
            "note": "the terms from the beginning",
            "created_at": dt.datetime(2026, 11, 23, tzinfo=dt.UTC),
        },
    )


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("policies", "0002_append_only")]

    operations: ClassVar[list[migrations.operations.base.Operation]] = [
        migrations.RunPython(add_first_version, migrations.RunPython.noop)
    ]
