"""What the ORM cannot say: the audit refuses update and delete, and the search index."""

from django.db import migrations

SQLITE = [
    """CREATE TRIGGER core_auditentry_no_update BEFORE UPDATE ON core_auditentry
       BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END""",
    """CREATE TRIGGER core_auditentry_no_delete BEFORE DELETE ON core_auditentry
       BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END""",
    # REPLACE deletes without a delete trigger.
    """CREATE TRIGGER core_auditentry_no_replace BEFORE INSERT ON core_auditentry
       WHEN EXISTS (SELECT 1 FROM core_auditentry WHERE id = NEW.id)
       BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END""",
    """CREATE VIRTUAL TABLE core_searchdocument_fts USING fts5(
       tokens, content='core_searchdocument', content_rowid='id', tokenize='unicode61')""",
    """CREATE TRIGGER core_searchdocument_ai AFTER INSERT ON core_searchdocument BEGIN
       INSERT INTO core_searchdocument_fts(rowid, tokens) VALUES (new.id, new.tokens); END""",
    """CREATE TRIGGER core_searchdocument_ad AFTER DELETE ON core_searchdocument BEGIN
       INSERT INTO core_searchdocument_fts(core_searchdocument_fts, rowid, tokens)
       VALUES ('delete', old.id, old.tokens); END""",
    """CREATE TRIGGER core_searchdocument_au AFTER UPDATE OF tokens ON core_searchdocument BEGIN
       INSERT INTO core_searchdocument_fts(core_searchdocument_fts, rowid, tokens)
       VALUES ('delete', old.id, old.tokens);
       INSERT INTO core_searchdocument_fts(rowid, tokens) VALUES (new.id, new.tokens); END""",
]
POSTGRESQL = [
    """CREATE FUNCTION core_auditentry_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION 'the audit is append-only'; END $$""",
    """CREATE TRIGGER core_auditentry_append_only BEFORE UPDATE OR DELETE ON core_auditentry
       FOR EACH ROW EXECUTE FUNCTION core_auditentry_append_only()""",
    """CREATE INDEX core_searchdocument_gin ON core_searchdocument
       USING gin (to_tsvector('simple', tokens))""",
]


def install(apps, schema_editor):
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
