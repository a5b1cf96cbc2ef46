"""All is put away at the same time, whatever fails."""

import threading

from ssvae_core.session.closing import close_together


def test_they_close_at_the_same_time_and_one_that_fails_keeps_none_from_it(caplog):
    both, closed = threading.Barrier(2, timeout=10), []

    def closing():
        both.wait()  # which one after the other would never pass
        closed.append(1)

    def failing():
        raise OSError("no space")

    close_together(closing, failing, closing)
    assert closed == [1, 1]
    assert "could not be put away" in caplog.text
