"""Alembic's scripts; `storage.migrate` runs them, `storage.revise` writes a new one."""
