from django.db import migrations


class Migration(migrations.Migration):
    """Each document begins with a token for its kind: `core.search.stored_tokens`."""

    dependencies = [("core", "0002_guards_and_search")]

    operations = [
        migrations.RunSQL(
            "UPDATE core_searchdocument SET tokens = 'k' || replace(kind, '.', '') || ' ' || tokens",
            "UPDATE core_searchdocument SET tokens = substr(tokens, length(replace(kind, '.', '')) + 3)",
        )
    ]
