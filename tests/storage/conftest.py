"""Everything that is stored is stored in both databases."""

import pytest


@pytest.fixture(params=["sqlite", "postgresql"])
async def url(request, tmp_path):
    """The URL of a database without any table."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path}/apel.sqlite"
    else:
        async with request.getfixturevalue("postgres").fresh() as url:
            yield url


@pytest.fixture(params=["sqlite_database", "postgresql_database"])
def database(request):
    """A fresh database with every table."""
    return request.getfixturevalue(request.param)
