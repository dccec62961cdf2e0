"""What a piece of work asks of the database, statement by statement."""

from contextlib import contextmanager

from sqlalchemy import event, text

_BOOKKEEPING = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA", "EXPLAIN", "SELECT pg_advisory", "SELECT pg_notify")


@contextmanager
def recorded(database):
    """The statements, with their parameters, that are executed inside; many rows in one statement count once."""
    statements = []

    def note(_connection, _cursor, statement, parameters, _context, _executemany):
        if not statement.startswith(_BOOKKEEPING):
            statements.append((statement, parameters))

    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def walked(database, statements):
    """The tables that SQLite would walk from end to end for these statements."""
    scans = []
    async with database.engine.connect() as connection:
        for statement, parameters in statements:
            plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            scans += [row[3].split()[1] for row in plan.all() if row[3].startswith("SCAN ") and "INDEX" not in row[3]]
        await connection.execute(text("ROLLBACK"))
    return scans
