"""The end of an app: all that has to be put away, at the same time, so that it takes seconds."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

log = logging.getLogger(__name__)


def close_together(*closings: Callable[[], None]) -> None:
    """Call all of them in threads and wait; one that fails keeps no other from its end."""

    def close(closing: Callable[[], None]) -> None:
        try:
            closing()
        except Exception:
            log.exception("Something could not be put away at the end.")

    threads = [threading.Thread(target=close, args=(each,), name="closing") for each in closings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
