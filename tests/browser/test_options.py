"""Choosing how the model is fitted to the data, in the menus of a real browser."""

from tests.support.desk import LAB, Desk
from tests.support.small_autoencoder import as_diffusers


def test_another_likelihood_in_the_panel_begins_the_model_anew_and_labels_stay(
    chromium, app, new_session
):
    desk = Desk(chromium, app, new_session("guided"))
    menu = desk.page.get_by_test_id("choice-likelihood")
    desk.press("1", "2")
    desk.guesses_for(2)
    labels, life = desk.stored(), desk.js(f"{LAB}.state.snapshot.rev.split('-')[0]")
    desk.press("Shift+T")
    assert "start the model anew" in desk.page.get_by_test_id("choice-note").inner_text()
    assert menu.input_value() == "auto"
    menu.select_option("gaussian")
    desk.until(f"{LAB}.state.choices.likelihood.value === 'gaussian'")
    desk.until(f"{LAB}.state.snapshot?.rev.split('-')[0] !== '{life}'")
    desk.guesses_for(2)
    desk.until(f"['training', 'waiting'].includes({LAB}.state.trainer.state)")
    assert desk.stored() == labels
    assert app.store.session(desk.session).config == {"likelihood": "gaussian"}
    desk.open()
    desk.press("Shift+T")
    assert menu.input_value() == "gaussian"
    assert desk.errors == []
    desk.page.close()


def test_another_model_learns_the_same_labels_and_the_list_of_runs_says_what_differs(
    chromium, app, new_session
):
    desk = Desk(chromium, app, new_session())
    page = desk.page
    desk.press("1", "2", "3")
    desk.guesses_for(3)
    desk.press("Shift+T")
    page.get_by_test_id("runs-open").click()
    rows = page.get_by_test_id("run-row")
    rows.first.wait_for()
    assert rows.count() == 1
    assert "One run so far" in page.get_by_test_id("runs-note").inner_text()
    assert page.get_by_test_id("runs-apart").is_hidden()
    page.keyboard.press("Escape")
    labels = desk.stored()
    desk.press("Shift+T")
    page.get_by_test_id("choice-model").select_option("cvae")
    desk.until(f"{LAB}.state.session.model === 'cvae'")
    desk.until(f"{LAB}.state.trainer.step > 20 && {LAB}.state.snapshot?.n_labels === 3")
    assert desk.stored() == labels
    page.get_by_test_id("runs-open").click()
    apart = page.get_by_test_id("runs-apart")
    apart.wait_for()
    assert rows.count() == 2
    assert "2 · CVAE" in rows.first.inner_text()
    words = apart.inner_text()
    assert "Guided M1+M2" in words
    assert "CVAE" in words
    assert "seed 0" in page.get_by_test_id("runs-note").inner_text()
    rows.last.locator("input").uncheck()
    assert apart.is_hidden()
    assert desk.errors == []
    desk.page.close()


def test_a_folder_that_is_named_in_the_panel_becomes_the_m1_and_a_wrong_one_is_a_sentence(
    chromium, app, new_session
):
    folder, empty = as_diffusers(app.root / "tiny"), app.root / "nothing-in-it"
    empty.mkdir()
    desk = Desk(chromium, app, new_session("guided-m1"))
    page, message = desk.page, desk.page.get_by_test_id("message")
    menu = page.get_by_test_id("choice-autoencoder")
    field = page.get_by_test_id("autoencoder-folder")
    desk.press("1", "2")
    desk.guesses_for(2)
    labels = desk.stored()
    desk.press("Shift+T")
    assert field.is_hidden()
    menu.select_option("folder")
    assert field.evaluate("field => field === field.getRootNode().activeElement")
    for wrong, says in (
        (empty, "has no weights as safetensors"),
        (app.root / "gone", "There is no"),
    ):
        page.keyboard.type(str(wrong))
        page.keyboard.press("Enter")
        message.filter(has_text=says).wait_for()
        assert app.store.session(desk.session).config == {}
        desk.until(f"{LAB}.state.choices.autoencoder.value === 'auto'")
        menu.select_option("folder")
        field.fill("")
    page.keyboard.type(str(folder))
    page.keyboard.press("Enter")
    desk.until(f"{LAB}.state.choices.autoencoder.value === {str(folder)!r}")
    assert app.store.session(desk.session).config == {"autoencoder": str(folder)}
    assert menu.input_value() == str(folder)
    assert "tiny" in menu.locator("option:checked").inner_text()
    assert desk.stored() == labels
    desk.guesses_for(2)
    assert desk.errors == []
    page.close()
