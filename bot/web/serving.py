"""Serving an ASGI application inside our own loop, next to the other tasks."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp


def open_port(port: int, host: str = "0.0.0.0") -> socket.socket:  # noqa: S104  a container's port is reached from outside
    """A listening socket; 0 takes any free port. Raises OSError if the port is taken or not ours to open."""
    return socket.create_server((host, port))


async def serve(app: ASGIApp, listener: socket.socket) -> None:
    """Serve until cancelled; then requests under way are finished and the socket is closed."""
    config = uvicorn.Config(
        app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=5, server_header=False
    )
    server = _Server(config)
    serving = asyncio.ensure_future(server.serve(sockets=[listener]))
    try:
        await asyncio.shield(serving)
    finally:
        server.should_exit = True
        await serving


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the application's business: it stops all its tasks in order."""
        yield
