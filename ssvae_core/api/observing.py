"""Each request counted, and a line of the log for what was asked to be done."""

from __future__ import annotations

import logging
import time

from starlette.requests import Request
from starlette.responses import Response

from ..operation.metrics import RequestCounts
from .http import Handler

log = logging.getLogger(__name__)


def observed(counts: RequestCounts, route: str, handler: Handler) -> Handler:
    """The handler, with its answers counted under its route's pattern.

    What changes something (POST), and what failed, is a line of the log, at INFO; a page's many
    polls are not.
    """

    async def observing(request: Request) -> Response:
        begin, status = time.perf_counter(), 500
        try:
            response = await handler(request)
            status = response.status_code
        finally:
            seconds = time.perf_counter() - begin
            counts.observe(request.method, route, status, seconds)
            if request.method == "POST" or status >= 500:
                about = {
                    "event": "request",
                    "method": request.method,
                    "path": request.url.path,
                    "status": status,
                    "ms": round(1000 * seconds, 1),
                    "person": getattr(request.state, "person", ""),
                }
                log.info("%s %s %d", request.method, request.url.path, status, extra=about)
        return response

    return observing
