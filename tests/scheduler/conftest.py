import pytest

from tests.scheduler.machine import Machine


@pytest.fixture
async def machine(database):
    """An office under Karanganyar's regulation with a secretary and one group, nothing scheduled."""
    machine = Machine(database)
    await machine.open_office()
    yield machine
    await machine.worker.close()
