"""Visits and letters: whom they are to, what came of them, and the outcomes a visit can have."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

from audit.append_only import append_only

# Of the outcomes of calls, those that a visit can have as well.
ALSO_ON_VISITS = ("PTP", "PAID", "WONT", "WILL", "CANT", "DISP", "HARD", "DEAD", "ILL", "REP", "COMPL", "STOP")
# code, English, Chinese, layer, worked/contacted/right party/attempt, requires, what the address becomes, a follow-up
# and within how many hours. Whether somebody was reached is decided by whom the visit met.
OUTCOMES = [
    ("VPAID", "Paid during the visit", "上门时当场还款", "right", "1111", ["amount", "receipt"], "", "verify", 24),
    ("NOTHOME", "Not at home", "不在家", "none", "1001", [], "", "", None),
    ("MOVED", "Moved away", "已搬离", "third", "1101", [], "invalid", "", None),
    ("NOADDR", "Address not found", "地址查无此处", "none", "1001", [], "invalid", "", None),
    ("NOACCESS", "No access", "无法进入", "none", "1001", [], "", "", None),
    ("HOSTILE", "Hostile, broken off", "态度敌对，已中止", "any", "1100", [], "", "", None),
    ("ASSET", "Asset seen", "发现财产", "any", "1001", ["text"], "", "", None),
    ("SERVED", "Document served", "文书已送达本人", "right", "1111", [], "", "", None),
    ("NOTICE", "Notice left in a sealed envelope", "已留密封通知", "any", "1001", [], "", "", None),
]


def add_outcomes(apps: Any, schema_editor: Any) -> None:
    rows = apps.get_model("contacts", "Outcome").objects
    rows.filter(code__in=ALSO_ON_VISITS).update(on_visits=True)
    for place, (code, name, name_zh, layer, flags, requires, becomes, follow_up, within) in enumerate(OUTCOMES, 100):
        worked, contacted, right_party, counts = (flag == "1" for flag in flags)
        rows.create(
            code=code,
            name=name,
            name_zh=name_zh,
            place=place,
            layer=layer,
            worked=worked,
            contacted=contacted,
            right_party=right_party,
            counts_as_attempt=counts,
            requires=requires,
            number_becomes=becomes,
            follow_up=follow_up,
            follow_up_hours=within,
            on_calls=False,
            on_visits=True,
        )


class Migration(migrations.Migration):
    dependencies = [
        ("borrowers", "0002_opt_outs"),
        ("contacts", "0007_medium_stopped"),
        ("loans", "0003_instalments_by_due_date"),
    ]

    operations = [
        migrations.CreateModel(
            name="LetterReceipt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("delivered", "delivered"), ("returned", "came back")],
                        max_length=10,
                        verbose_name="what became of it",
                    ),
                ),
                ("on", models.DateField(verbose_name="day")),
                ("how", models.CharField(max_length=200, verbose_name="how it is known")),
                ("at", models.DateTimeField(verbose_name="written down")),
                ("by_name", models.CharField(max_length=150, verbose_name="who")),
            ],
            options={
                "verbose_name": "receipt of a letter",
                "verbose_name_plural": "receipts of letters",
            },
        ),
        migrations.CreateModel(
            name="LetterSent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("demand", "Demand"),
                            ("acceleration", "The whole loan is due"),
                            ("report_notice", "Notice before the overdue record"),
                            ("dispute_answer", "Answer to a dispute"),
                            ("closing", "Closing letter"),
                        ],
                        max_length=14,
                        verbose_name="kind",
                    ),
                ),
                ("reference", models.CharField(max_length=60, verbose_name="reference")),
                ("at", models.DateTimeField(verbose_name="when")),
                ("on", models.DateField(verbose_name="day")),
                ("by_name", models.CharField(max_length=150, verbose_name="who")),
            ],
            options={
                "verbose_name": "letter that was sent",
                "verbose_name_plural": "letters that were sent",
            },
        ),
        migrations.AddField(
            model_name="attempt",
            name="address",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="borrowers.address"
            ),
        ),
        migrations.AddField(
            model_name="attempt",
            name="met",
            field=models.CharField(
                blank=True,
                choices=[
                    ("debtor", "the borrower"),
                    ("family", "family"),
                    ("neighbour", "a colleague or neighbour"),
                    ("nobody", "nobody"),
                    ("not_found", "no such address"),
                ],
                max_length=10,
                verbose_name="met",
            ),
        ),
        migrations.AddField(
            model_name="clearance",
            name="address",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="borrowers.address"
            ),
        ),
        migrations.AddField(
            model_name="outcome",
            name="on_calls",
            field=models.BooleanField(default=True, verbose_name="for calls"),
        ),
        migrations.AddField(
            model_name="outcome",
            name="on_visits",
            field=models.BooleanField(default=False, verbose_name="for visits"),
        ),
        migrations.AlterField(
            model_name="attempt",
            name="channel",
            field=models.CharField(
                choices=[("call", "Call"), ("message", "Message"), ("visit", "Visit"), ("letter", "Letter")],
                max_length=8,
                verbose_name="channel",
            ),
        ),
        migrations.AlterField(
            model_name="attempteffect",
            name="kind",
            field=models.CharField(
                choices=[
                    ("phone", "number"),
                    ("third_party", "third party"),
                    ("hold", "hold"),
                    ("promise", "promise"),
                    ("follow_up", "what follows"),
                    ("followed_up", "done with it"),
                    ("superseded", "renegotiated"),
                    ("inbound", "message answered"),
                    ("opt_out", "medium stopped"),
                    ("address", "address"),
                ],
                max_length=12,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="clearance",
            name="channel",
            field=models.CharField(
                choices=[("call", "Call"), ("message", "Message"), ("visit", "Visit"), ("letter", "Letter")],
                max_length=8,
                verbose_name="channel",
            ),
        ),
        migrations.AddConstraint(
            model_name="attempt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("address__isnull", False),
                        ("channel", "visit"),
                        ("met__in", ["debtor", "family", "neighbour", "nobody", "not_found"]),
                    ),
                    models.Q(models.Q(("channel", "visit"), _negated=True), ("address", None), ("met", "")),
                    _connector="OR",
                ),
                name="contacts_attempt_visit_met_whom",
            ),
        ),
        migrations.AddConstraint(
            model_name="clearance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("address__isnull", False),
                        ("channel__in", ("visit", "letter")),
                        ("phone", None),
                        ("third_party", None),
                    ),
                    models.Q(models.Q(("channel__in", ("visit", "letter")), _negated=True), ("address", None)),
                    _connector="OR",
                ),
                name="contacts_clearance_address_of_place",
            ),
        ),
        migrations.AddField(
            model_name="lettersent",
            name="address",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="borrowers.address"
            ),
        ),
        migrations.AddField(
            model_name="lettersent",
            name="borrower",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="letters_sent", to="borrowers.borrower"
            ),
        ),
        migrations.AddField(
            model_name="lettersent",
            name="clearance",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="letter_sent", to="contacts.clearance"
            ),
        ),
        migrations.AddField(
            model_name="lettersent",
            name="portfolio",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="loans.portfolio"
            ),
        ),
        migrations.AddField(
            model_name="letterreceipt",
            name="letter",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="receipts", to="contacts.lettersent"
            ),
        ),
        migrations.AddIndex(
            model_name="lettersent",
            index=models.Index(fields=["borrower", "-at"], name="contacts_letter_of"),
        ),
        migrations.AddConstraint(
            model_name="lettersent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["demand", "acceleration", "report_notice", "dispute_answer", "closing"])
                ),
                name="contacts_letter_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="letterreceipt",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["delivered", "returned"])), name="contacts_letterreceipt_kind_known"
            ),
        ),
        append_only("contacts_lettersent"),
        append_only("contacts_letterreceipt"),
        migrations.RunPython(add_outcomes, migrations.RunPython.noop),
    ]
