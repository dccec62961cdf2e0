"""Meta on the loopback, the way to it, and a sender on it."""

import pytest

from bot.channels.whatsapp.graph import Graph
from bot.channels.whatsapp.sending import WhatsAppSender
from tests.fakes.graph_server import GraphServer


@pytest.fixture
async def server():
    """Listening, with nobody and no template yet."""
    async with GraphServer() as server:
        yield server


@pytest.fixture
async def graph(server):
    """Impatient: an answer that is lost costs a test a third of a second."""
    graph = Graph(server.origin, server.phone_id, server.token, answer_seconds=0.3)
    yield graph
    await graph.close()


@pytest.fixture
def sender(graph, server, database):
    """With a database that has every table, and nobody in it."""
    return WhatsAppSender(graph, server.clock, database)
