"""What tests in a browser begin with: the real app, its label page, its data page."""

from urllib.parse import urlsplit

import pytest

from benchmarks.app_process import App
from ssvae_core.options.catalogue import IN_SESSIONS
from tests.support.desk import Desk
from tests.support.few_digits import N, bring_few_digits, make_few_digits
from tests.support.own_page import OwnPage


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """The real app on an empty workspace."""
    app = App(tmp_path_factory.mktemp("workspace"))
    yield app
    app.stop()


@pytest.fixture(scope="session")
def few_digits(tmp_path_factory):
    """A workspace with a few digits, and the id of this data set."""
    workspace = tmp_path_factory.mktemp("few_digits")
    return workspace, make_few_digits(workspace)


@pytest.fixture(scope="module")
def new_session(app, few_digits):
    """Begins a session on a few digits: of 60,000 the page opens and is answered much later."""
    made, name = few_digits
    bring_few_digits(made, app.root)

    def new_session(model=IN_SESSIONS, classes="0123456789"):
        return app.new_session(model, name, N, classes).id

    return new_session


def watched(desk):
    """The label page; it may raise no error and ask no other host."""
    yield desk
    assert desk.errors == []
    assert desk.hosts <= {urlsplit(desk.app.url).netloc, ""}, "the page asked another host"
    desk.page.close()


@pytest.fixture
def desk(chromium, app, new_session):
    """The label page on a new session on a few digits."""
    yield from watched(Desk(chromium, app, new_session()))


@pytest.fixture
def mnist_desk(chromium, app):
    """The label page on a new session on 60,000 digits."""
    yield from watched(Desk(chromium, app, app.new_session().id))


@pytest.fixture
def own(chromium, app):
    """The data page on a new session of MNIST."""
    own = OwnPage(chromium, app, app.new_session().id)
    yield own
    assert own.errors == []
    own.page.close()
