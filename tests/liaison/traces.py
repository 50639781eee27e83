"""Where in the whole database a text stands, whatever the table: for what must be gone without trace."""

from __future__ import annotations

from django.db import connection
from psycopg import sql

COLUMNS = """
    SELECT table_name, column_name FROM information_schema.columns
    JOIN information_schema.tables USING (table_schema, table_name)
    WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
      AND data_type IN ('text', 'character varying', 'jsonb', 'ARRAY', 'bigint', 'bytea')
    ORDER BY table_name, column_name
"""


def traces(*texts: str) -> list[str]:
    """Every column that holds one of these texts, as table.column: text."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        for table, column in cursor.fetchall():
            query = sql.SQL("SELECT 1 FROM {} WHERE {}::text LIKE %s LIMIT 1").format(
                sql.Identifier(table), sql.Identifier(column)
            )
            for text in texts:
                cursor.execute(query.as_string(cursor.connection), [f"%{text}%"])
                if cursor.fetchone():
                    found.append(f"{table}.{column}: {text}")
    return found
