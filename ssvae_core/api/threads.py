"""Threads of their own for what a person waits for, so that it never queues behind what is slow.

Starlette has forty threads for all routes together. As many questions to a trainer that hangs
would take them all, and a label would wait for the last of their answers.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from starlette.requests import Request
from starlette.responses import Response

from ..errors import Unavailable
from .http import Handler

Given = ParamSpec("Given")
Found = TypeVar("Found")


class Lane:
    """Some threads for one kind of work; what finds them all busy waits its turn, or is refused."""

    def __init__(self, name: str, n_threads: int, refusal: str = ""):
        """With a `refusal`, a sentence, nothing waits: Unavailable where every thread is busy."""
        self._pool = ThreadPoolExecutor(n_threads, name)
        self._free = threading.BoundedSemaphore(n_threads) if refusal else None
        self._refusal = refusal

    async def run(
        self, work: Callable[Given, Found], *args: Given.args, **kwargs: Given.kwargs
    ) -> Found:
        """What `work` returns, in one of these threads."""
        free = self._free
        if free is not None and not free.acquire(blocking=False):
            raise Unavailable(self._refusal)

        def working() -> Found:
            try:
                return work(*args, **kwargs)
            finally:  # here and not where it is awaited: who asked may be gone long before
                if free is not None:
                    free.release()

        return await asyncio.get_running_loop().run_in_executor(self._pool, working)


LABELS = Lane("labels", 16)
STATES = Lane("states", 8)
# Each of them only waits for the trainer, which answers them in turn.
QUERIES = Lane(
    "queries", 48, "Too many questions wait for the trainer just now. Ask again in a few seconds."
)


def asking_trainer(method: Callable[[Request], Response]) -> Handler:
    """A handler whose method may wait long for an answer of the trainer."""

    async def handler(request: Request) -> Response:
        return await QUERIES.run(method, request)

    return handler
