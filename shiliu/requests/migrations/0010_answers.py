from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):

    dependencies = [
        ("requests", "0009_milestone_codes"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="request",
            index=models.Index(
                condition=Q(
                    ("closed_at__isnull", False),
                    Q(("order_number", ""), _negated=True),
                    Q(("order_answered_at", None), ("order_answered_at__lt", F("closed_at")), _connector="OR"),
                ),
                fields=["town", "closed_at", "id"],
                name="request_answer_due",
            ),
        ),
        migrations.AddIndex(
            model_name="request",
            index=models.Index(
                condition=Q(("order_answered_at__isnull", False)),
                fields=["town", "order_answered_at", "id"],
                name="request_answered",
            ),
        ),
    ]
