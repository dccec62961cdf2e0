"""WHAT WE REMEMBER: tables, queries, migrations."""
