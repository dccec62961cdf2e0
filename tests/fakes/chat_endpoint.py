"""An OpenAI-compatible endpoint on the loopback that says what a test wants, or nothing at all."""

import asyncio
import json

from aiohttp import web
from aiohttp.test_utils import TestServer


class FakeChatEndpoint:
    """Keeps every request. `says` is the next answer's content; `status`, `raw` and `silent` spoil it."""

    def __init__(self):
        self.requests, self.keys = [], []
        self.says = "[]"
        self.status, self.raw, self.silent = 200, None, False
        self._let_go = asyncio.Event()
        application = web.Application()
        application.router.add_post("/v1/chat/completions", self._answer)
        self._server = TestServer(application)

    async def __aenter__(self):
        await self._server.start_server()
        self.url = str(self._server.make_url("/v1"))
        return self

    async def __aexit__(self, *_):
        self._let_go.set()
        await self._server.close()

    @property
    def asked(self):
        """The data of the last request: the question and the topics."""
        return json.loads(self.requests[-1]["messages"][-1]["content"])

    async def _answer(self, request):
        self.requests.append(await request.json())
        self.keys.append(request.headers.get("Authorization"))
        if self.silent:
            await self._let_go.wait()
        if self.raw is not None:
            return web.Response(body=self.raw, status=self.status)
        body = {"choices": [{"index": 0, "message": {"role": "assistant", "content": self.says}}]}
        return web.json_response(body, status=self.status, headers={"Location": "/v1/chat/completions"})
