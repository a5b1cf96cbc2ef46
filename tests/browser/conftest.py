"""What tests in a browser begin with: the real app, and its label page."""

from urllib.parse import urlsplit

import pytest

from benchmarks.app_process import App
from tests.support.desk import Desk


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """The real app on an empty workspace."""
    app = App(tmp_path_factory.mktemp("workspace"))
    yield app
    app.stop()


@pytest.fixture
def desk(chromium, app):
    """The label page on a new session; it may raise no error and ask no other host."""
    desk = Desk(chromium, app, app.new_session().id)
    yield desk
    assert desk.errors == []
    assert desk.hosts <= {urlsplit(app.url).netloc, ""}, "the page asked another host"
    desk.page.close()
