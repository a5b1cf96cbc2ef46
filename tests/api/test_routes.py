"""The routes that the docstring of the API lists are those that a server has."""

from __future__ import annotations

import re

import pytest

import ssvae_core.api
from ssvae_core.api import routes
from ssvae_core.session.workspace import Workspace

LISTED = re.compile(r"^    (GET|POST) +(/\S*)", re.MULTILINE)


def listed(text):
    """The (method, path) of each route in a text; {a|b} stands for a and for b."""
    found = []
    for method, address in LISTED.findall(text):
        path = address.split("?")[0]
        choice = re.search(r"\{([^{}]*\|[^{}]*)\}", path)
        names = choice.group(1).split("|") if choice else [""]
        found += [(method, path.replace(choice.group() if choice else "", name)) for name in names]
    return found


@pytest.fixture
def registered(tmp_path):
    workspace = Workspace(tmp_path)
    yield [
        (method, route.path) for route in routes(workspace) for method in route.methods - {"HEAD"}
    ]
    workspace.close()


def test_every_route_is_listed_with_its_method_and_none_that_is_not_there(registered):
    assert sorted(listed(ssvae_core.api.__doc__)) == sorted(registered)


def test_the_reader_of_the_list_reads_queries_and_choices():
    text = "Some:\n    GET  /a/{b}?n=  text\n    POST /c/{d}/{e|f}  GET /no\n  GET /no\n"
    assert listed(text) == [("GET", "/a/{b}"), ("POST", "/c/{d}/e"), ("POST", "/c/{d}/f")]
