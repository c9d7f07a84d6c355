from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0006_message_answered"),
    ]

    operations = [
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
                ],
                max_length=12,
                verbose_name="kind",
            ),
        ),
    ]
