"""What was signed stays: the database refuses to change or delete it, as it does for the audit."""

from django.db import migrations

TABLES = ("figures_signedreport", "figures_signedcontent", "figures_signedday")
SENTENCE = "a signed report stays as it is"


def _sqlite(table):
    yield f"""CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}
        BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"""
    yield f"""CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
        BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"""
    # REPLACE deletes without a delete trigger.
    yield f"""CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}
        WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)
        BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"""


def _postgresql(table):
    yield f"""CREATE TRIGGER {table}_stays BEFORE UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION figures_signed_stays()"""


def install(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    if vendor == "postgresql":
        schema_editor.execute(f"""CREATE FUNCTION figures_signed_stays() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION '{SENTENCE}'; END $$""")
    for table in TABLES:
        for statement in {"sqlite": _sqlite, "postgresql": _postgresql}[vendor](table):
            schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("figures", "0001_signing")]
    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
