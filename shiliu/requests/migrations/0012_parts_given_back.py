from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("requests", "0011_speed_fewer_indexes")]

    operations = [
        migrations.AddIndex(
            "part",
            models.Index(fields=["town", "id"], name="part_given_back", condition=Q(state="returned")),
        ),
    ]
