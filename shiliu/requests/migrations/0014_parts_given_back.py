from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("requests", "0013_search_areas")]

    operations = [
        migrations.AddIndex(
            "part",
            models.Index(fields=["town", "id"], name="part_given_back", condition=Q(state="returned")),
        ),
    ]
