"""Errors that PostgreSQL itself answers with, at a chosen step of a delivery: raised by triggers under the product.

How often one was met is counted by a sequence, which a rollback does not take back.
"""

from typing import Any

import asyncpg
from sqlalchemy.engine import make_url

from tests.faults.conftest import Scene

PLANNED, CLAIMED, SENDING, SENT = "planned", "claimed", "sending", "sent"
ENDED_BY_ADMINISTRATOR = "57P01"  # is not raised: the server ends the connection

# met once by each statement or commit that a row in this state is written by
_INSTALL = """
CREATE TABLE fault (step text NOT NULL, code text NOT NULL, times bigint NOT NULL, at_commit boolean NOT NULL);
CREATE SEQUENCE met;
CREATE FUNCTION meet() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE fault fault;
BEGIN
    SELECT * INTO fault FROM fault WHERE at_commit = (TG_ARGV[0] = 'commit')
        AND (step = 'any' OR step = to_jsonb(NEW) ->> 'state');
    IF FOUND AND (SELECT last_value - 1 + is_called::int FROM met) < fault.times THEN
        PERFORM nextval('met');
        IF fault.code = '57P01' THEN
            PERFORM pg_terminate_backend(pg_backend_pid());
            PERFORM pg_sleep(10);
        END IF;
        RAISE EXCEPTION 'met' USING ERRCODE = fault.code;
    END IF;
    RETURN NEW;
END $$;
"""
_ON_STATEMENT = "CREATE TRIGGER meet BEFORE INSERT OR UPDATE ON {} FOR EACH ROW EXECUTE FUNCTION meet('statement')"
_ON_COMMIT = (
    "CREATE CONSTRAINT TRIGGER meet_late AFTER INSERT OR UPDATE ON {} DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW EXECUTE FUNCTION meet('commit')"
)
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'fault'"
_MET = "SELECT last_value - 1 + is_called::int FROM met"
ALWAYS = 10**9


class ServerErrors:
    """Somebody with a second terminal, who makes the scene's server fail and serve again."""

    def __init__(self, scene: Scene) -> None:
        self._dsn = make_url(scene.url).set(drivername="postgresql").render_as_string(False)

    async def do(self, *statements: str, values: tuple[Any, ...] = ()) -> list[Any]:
        """Run these; what the last one found."""
        connection = await asyncpg.connect(self._dsn)
        try:
            for statement in statements[:-1]:
                await connection.execute(statement)
            return await connection.fetch(statements[-1], *values)
        finally:
            await connection.close()

    async def install(self) -> None:
        """Once per database; nothing fails yet."""
        tables = [row["tablename"] for row in await self.do(_TABLES)]
        made = [form.format(table) for table in tables for form in (_ON_STATEMENT, _ON_COMMIT)]
        await self.do(*_INSTALL.split(";\n\n"), *made)

    async def begin(self, code: str, step: str = "any", *, times: int = ALWAYS, at_commit: bool = False) -> None:
        """From now on so many writings of a delivery in this state (any: of whatever row) end with this SQLSTATE."""
        values = (step, code, times, at_commit)
        await self.do("INSERT INTO fault VALUES ($1, $2, $3, $4)", values=values)

    async def end(self) -> None:
        """It serves again."""
        await self.do("DELETE FROM fault")

    async def met(self) -> int:
        """How often it failed."""
        return (await self.do(_MET))[0][0]
