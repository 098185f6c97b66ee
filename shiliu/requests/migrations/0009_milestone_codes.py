"""A milestone of a category becomes reference data of its own: with a code, by which it is imported."""

from typing import Any

from django.db import migrations, models

import shiliu.core.receipts


def give_codes(apps: Any, schema_editor: Any) -> None:
    for milestone in apps.get_model("requests", "CategoryMilestone").objects.filter(code=None):
        milestone.code = shiliu.core.receipts.new()
        milestone.save(update_fields=["code"])


class Migration(migrations.Migration):
    dependencies = [("requests", "0008_call_back_not_needed")]
    operations = [
        migrations.AddField(
            "categorymilestone", "code", models.CharField("code", max_length=40, null=True)
        ),
        migrations.AddField(
            "categorymilestone", "version", models.PositiveIntegerField(default=1, editable=False)
        ),
        migrations.RunPython(give_codes, migrations.RunPython.noop),
        migrations.AlterField(
            "categorymilestone",
            "code",
            models.CharField(
                default=shiliu.core.receipts.new, max_length=40, unique=True, verbose_name="code"
            ),
        ),
        migrations.AlterConstraint(
            "categorymilestone",
            "category_milestone_once",
            models.UniqueConstraint(
                fields=["category", "kind", "name"],
                name="category_milestone_once",
                violation_error_message="This category has such a milestone already. Give it another name.",
            ),
        ),
        migrations.AlterModelOptions(
            "categorymilestone",
            {
                "ordering": ["pk"],
                "verbose_name": "milestone of a category",
                "verbose_name_plural": "milestones of categories",
            },
        ),
    ]
