"""How good each domain is known to be, by its key and by its own audit."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from ssvae_core.api import routes
from ssvae_core.data import SOURCES
from ssvae_core.errors import UserError
from ssvae_core.export.from_session import content_of
from ssvae_core.export.report_domains import domains_section
from ssvae_core.export.rows import ExportOptions, record, rows
from ssvae_core.labels.store import Operation
from ssvae_core.predictions import read_guesses
from ssvae_core.session.trainer_client import Trainer
from ssvae_core.session.views.domains import by_domain, domain_bytes, listed, within
from ssvae_core.session.views.review import Inspection
from ssvae_core.session.workspace import Workspace

NAMES = ("scanner A", "<scanner> B")
WRONG = 30  # of the second domain's guesses


@pytest.fixture(scope="module")
def workspace(tmp_path_factory, digits):
    root = tmp_path_factory.mktemp("domains")
    domains = np.repeat([0, 1, -1], [100, len(digits) - 110, 10])
    data = dataclasses.replace(digits, name="pair", domain_names=NAMES, domains=domains)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Trainer, "start", lambda self: None)
        patch.setenv("SSVAE_WORKSPACE", str(root))
        patch.setitem(SOURCES, "pair", lambda: data)
        workspace = Workspace(root)
        yield workspace
        workspace.close()


@pytest.fixture(scope="module")
def session(workspace):
    """Ten labels and ten audited ones in the first domain; the second's first guesses are wrong."""
    session = workspace.session(workspace.create("S", "pair").id)
    key = session.data.answer_key
    for example in range(10):
        session.do(Operation(f"l{example}", "label", (example,), int(key[example])))
    for example in range(10, 20):
        session.do(Operation(f"a{example}", "audit", (example,), int(key[example])))
    guessed = key.copy()
    guessed[100 : 100 + WRONG] = (guessed[100 : 100 + WRONG] + 1) % 10
    session.probabilities = np.eye(10, dtype=np.float32)[guessed]
    session.guesses = read_guesses(session.probabilities)
    return session


def test_every_example_has_its_domain_as_a_byte(session):
    found = domain_bytes(session)
    assert found[[0, 99, 100]].tolist() == [0, 0, 1]
    assert set(found[-10:].tolist()) == {255}
    n = len(session.data)
    assert listed(session) == [{"name": NAMES[0], "n": 100}, {"name": NAMES[1], "n": n - 110}]


def test_each_domain_is_judged_by_its_own_key_and_audit(session):
    first, second = by_domain(session)
    n = len(session.data) - 110
    assert (first["n"], first["labelled"]) == (100, 20)
    assert first["key"] == {"right": 80, "of": 80}
    assert (first["audit"]["right"], first["audit"]["of"]) == (10, 10)
    assert first["audit"]["low"] < 0.9 < first["audit"]["high"]
    assert second["key"] == {"right": n - WRONG, "of": n}
    assert second["audit"] is None


def test_an_audit_of_one_domain_asks_about_it_alone(session):
    inspection = Inspection(session)
    found = inspection.audit(12, 1)
    assert found["audit"] is None  # nothing of it was checked
    assert len(found["next"]) == 12
    assert within(session, 1)[found["next"]].all()
    assert [each["name"] for each in found["by_domain"]] == list(NAMES)
    assert inspection.audit(5, 0)["audit"]["of"] == 10
    assert inspection.audit(5)["audit"]["exported"]["n"] == len(session.data)
    with pytest.raises(UserError, match="no domain 2; there are 0 to 1: scanner A"):
        inspection.audit(5, 2)


def test_the_routes_give_the_bytes_and_refuse_a_domain_that_is_not_there(workspace, session):
    app = Starlette(routes=routes(workspace))
    client = TestClient(app, base_url="http://127.0.0.1:8501")
    found = client.get(f"/api/sessions/{session.row.id}/domains")
    assert found.content == domain_bytes(session).tobytes()
    path = f"/api/sessions/{session.row.id}/review/audit"
    assert client.get(path, params={"domain": 1}).json()["domain"] == 1
    refused = client.get(path, params={"domain": 9})
    assert (refused.status_code, "domain 9" in refused.json()["error"]) == (400, True)


def test_the_domain_goes_out_with_every_row_and_into_the_report(session):
    content = content_of(session)
    found = [record(row, content)["domain"] for row in rows(content, ExportOptions())]
    assert found == [content.domain(example) for example in range(len(content))]
    assert (found[0], found[100], found[-1]) == (*NAMES, None)
    section = domains_section(content)
    assert "100.0% of 80" in section
    assert "&lt;scanner&gt; B" in section
    assert "10 checked" in section
    assert domains_section(dataclasses.replace(content, by_domain=())) == ""


def test_without_domains_there_are_none(workspace):
    session = workspace.session(workspace.create("T", "digits").id)
    assert listed(session) == by_domain(session) == []
    assert set(domain_bytes(session).tolist()) == {255}
    with pytest.raises(UserError, match="there are none here"):
        within(session, 0)
