from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("requests", "0007_joint_parts")]

    operations = [
        migrations.AlterField(
            model_name="callback",
            name="outcome",
            field=models.CharField(
                blank=True,
                choices=[
                    ("reached", "reached"),
                    ("not_reached", "not reached, given up"),
                    ("wrong_number", "wrong number"),
                    ("declined", "does not want to be called"),
                    ("not_needed", "no longer needed"),
                ],
                max_length=15,
                verbose_name="outcome",
            ),
        ),
    ]
