"""What tests of the worker's loop begin with."""

import pytest

from tests.support.worker_in_a_thread import Worker


@pytest.fixture
def start(tmp_path):
    workers = []

    def start(limits=None, **config):
        workers.append(Worker(tmp_path, limits, **config))
        return workers[-1]

    yield start
    for worker in workers:
        worker.end()
