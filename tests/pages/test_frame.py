"""A page without a session to show says why, and which there are."""

import pytest
from streamlit.testing.v1 import AppTest

from pages.components import frame
from pages.components.plain_text import text
from ssvae_core.session.workspace import Workspace


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    workspace = Workspace(tmp_path)
    monkeypatch.setattr(frame, "the_workspace", lambda: workspace)
    monkeypatch.setattr(frame, "person_menu", lambda session_id: None)
    yield workspace
    workspace.close()


def shown(needs_images=True, **query):
    """The page at this address."""

    def page(needs_images):
        import streamlit as st

        from pages.components.frame import page

        with page(needs_images) as session:
            st.write(f"session {session.id}")

    app = AppTest.from_function(page, args=(needs_images,))
    app.query_params.update(query)
    return app.run()


def is_open(app, row):
    return [each.value for each in app.markdown if each.value.startswith("session")] == [
        f"session {row.id}"
    ]


@pytest.mark.parametrize(
    "address", ["nowhere", "[Log in](http://evil.example)", "![](http://x/y.png)", "x" * 3000]
)
def test_an_unknown_session_is_one_sentence_and_the_list_of_sessions(workspace, address):
    rows = [workspace.create(f"S{k}", "digits") for k in range(2)]
    app = shown(session=address)
    (error,) = app.error
    assert error.value.startswith("There is no session".replace(" ", " "))
    assert text(address) in error.value
    assert not app.exception
    assert {f"open-{row.id}" for row in rows} <= {button.key for button in app.button}
    app.button(key=f"open-{rows[0].id}").click().run()
    assert not app.error
    assert is_open(app, rows[0])


def test_a_new_session_can_be_begun_there_also_where_there_is_none_yet(workspace):
    app = shown(session="nowhere")
    assert len(app.error) == 1
    assert not [button for button in app.button if button.key.startswith("open-")]
    app.text_input(key="new-name").set_value("First")
    next(button for button in app.button if button.label == "Begin").click().run()
    (row,) = workspace.sessions()
    assert row.name == "First"
    assert is_open(app, row)


def test_a_session_whose_data_set_is_gone_is_one_sentence_but_on_the_data_page(workspace):
    row = workspace.store.create_session(
        "Gone", data="gone", model="m2", n_examples=3, classes=("a",)
    )
    app = shown(session=row.id)
    (error,) = app.error
    assert text("Unknown data set 'gone'.") in error.value
    assert f"open-{row.id}" in {button.key for button in app.button}
    assert is_open(shown(needs_images=False, session=row.id), row)


def test_the_session_of_before_may_be_gone_as_well(workspace):
    row = workspace.create("S", "digits")
    app = shown()
    assert is_open(app, row)
    app.session_state["session_id"] = "deleted"
    del app.query_params["session"]
    app.run()
    assert len(app.error) == 1
    app.run()  # it is not asked for again
    assert is_open(app, row)


def test_a_name_is_no_markdown(workspace):
    row = workspace.create("![](http://evil.example/a.png) :red[x]", "digits")
    app = shown(session=row.id)
    label = app.button(key=f"open-{row.id}").label
    assert label.startswith(text(row.name))
    app.session_state["problem"] = "No [Log in](http://evil.example)."
    app.run()
    (toast,) = app.toast
    assert toast.value == text("No [Log in](http://evil.example).")
