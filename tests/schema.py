"""What a database has of an app's tables, so that two ways to it can be compared: {name: its definition}."""

import re

from django.db import connection

ON_POSTGRES = """
SELECT table_name || '.' || column_name,
       concat_ws(' ', data_type, character_maximum_length, is_nullable, column_default, is_identity,
                 generation_expression)
FROM information_schema.columns WHERE table_schema = 'public' AND table_name LIKE %(tables)s
UNION ALL
SELECT conrelid::regclass || ' ' || conname, pg_get_constraintdef(oid) || ' ' || condeferrable
FROM pg_constraint WHERE conrelid::regclass::text LIKE %(tables)s
UNION ALL
SELECT tablename || ' ' || indexname, indexdef FROM pg_indexes WHERE tablename LIKE %(tables)s
"""
# Without triggers: those are put on after each migration (core.reference).
ON_SQLITE = """
SELECT name, sql FROM sqlite_master WHERE tbl_name GLOB %s AND type <> 'trigger' AND sql IS NOT NULL
"""


def of(app: str) -> dict[str, list[str]]:
    """The order of a table's columns is left out: those that were added later stand last."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(ON_POSTGRES, {"tables": f"{app}\\_%"})
            return {name: [definition] for name, definition in cursor.fetchall()}
        cursor.execute(ON_SQLITE, [f"{app}_*"])
        return {name: _parts(sql) for name, sql in cursor.fetchall()}


def _parts(sql: str) -> list[str]:
    """An index as it is; of a table its columns and constraints, sorted."""
    if not sql.startswith("CREATE TABLE"):
        return [sql]
    inside = sql[sql.index("(") + 1 : sql.rindex(")")]
    parts, depth = [""], 0
    for piece in re.split(r"([(),])", inside):
        depth += {"(": 1, ")": -1}.get(piece, 0)
        if piece == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += piece
    return sorted(part.strip() for part in parts)
