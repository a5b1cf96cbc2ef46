"""The label page in a real browser, on real images, with the real trainer."""

from __future__ import annotations

import os
import signal

import numpy as np
import pytest

from ssvae_core.data import load_dataset
from ssvae_core.trainer.checkpoints import read_newest, write_checkpoint
from tests.support.desk import LAB, SECONDS, Desk


def test_the_page_opens_with_the_map_and_says_what_to_do(mnist_desk):
    assert mnist_desk.js(f"{LAB}?.xy.length") == 2 * 60_000
    assert mnist_desk.page.get_by_test_id("map-canvas").is_visible()
    assert mnist_desk.page.get_by_text("Start here.").is_visible()
    assert "no guess yet" in mnist_desk.page.get_by_test_id("tile-0").inner_text()
    assert mnist_desk.js("document.documentElement.scrollHeight <= innerHeight")


def test_a_key_labels_the_framed_image_and_the_guesses_follow(desk):
    framed = desk.js(f"{LAB}?.focus")
    desk.press("7")
    assert desk.js(f"{LAB}?.labels[{framed}]") == 7  # at once
    desk.settled()
    assert desk.stored() == {framed: 7}
    assert "1" in desk.count("7")
    assert desk.js(f"{LAB}?.focus") != framed
    desk.guesses_for(1)
    other = desk.js(f"{LAB}?.focus")
    desk.press("2")
    desk.guesses_for(2)
    best = np.array(desk.js(f"Array.from({LAB}?.guesses.best)"))
    assert set(best) == {2, 7}  # a class that was never labelled is never guessed
    assert best[framed] == 7
    assert best[other] == 2
    assert "%" in desk.page.get_by_test_id("queue").inner_text()


def test_a_click_on_the_map_frames_that_image(desk):
    canvas = desk.page.get_by_test_id("map-canvas").bounding_box()
    desk.page.mouse.click(canvas["x"] + canvas["width"] * 0.5, canvas["y"] + canvas["height"] * 0.5)
    xy = np.array(desk.js(f"Array.from({LAB}?.xy)")).reshape(-1, 2)
    lonely = int(np.argmax(np.abs(xy - 0.5).sum(1)))  # at the rim, where points are apart
    spot = desk.js(f"window.ssvaeLabel?.map.positionOf({lonely})")
    desk.page.mouse.click(spot["x"], spot["y"])
    framed = desk.js(f"{LAB}?.focus")
    there = desk.js(f"window.ssvaeLabel?.map.positionOf({framed})")
    assert np.hypot(there["x"] - spot["x"], there["y"] - spot["y"]) < 8
    desk.press("4")
    desk.settled()
    assert desk.stored() == {framed: 4}


def test_a_lasso_labels_what_it_holds_in_one_step_and_undo_takes_all_of_it_back(desk):
    desk.press("1", "4")
    desk.settled()
    before = desk.stored()
    middle = desk.js(f"window.ssvaeLabel?.map.positionOf({LAB}?.focus)")
    mouse = desk.page.mouse
    mouse.move(middle["x"] - 60, middle["y"] - 60)
    mouse.down()
    for dx, dy in [(60, -60), (60, 60), (-60, 60), (-60, -60)]:
        mouse.move(middle["x"] + dx, middle["y"] + dy, steps=5)
    mouse.up()
    desk.until(f"{LAB}?.selection.size > 10")
    chosen = set(desk.js(f"Array.from({LAB}?.selection)"))
    assert f"{len(chosen)}" in desk.page.get_by_test_id("count").inner_text().replace("\xa0", "")
    desk.press("3")
    desk.settled()
    assert desk.stored() == {**before, **dict.fromkeys(chosen, 3)}
    desk.press("z")
    desk.settled()
    assert desk.stored() == before
    desk.press("Shift+Z")
    desk.settled()
    assert desk.stored() == {**before, **dict.fromkeys(chosen, 3)}
    desk.guesses_for(len(desk.stored()))


def test_a_reload_and_a_second_tab_show_the_same(desk, chromium, app):
    desk.press("1", "2", "3")
    desk.settled()
    stored = desk.stored()
    desk.open()
    shown = f"Object.fromEntries([...{LAB}?.labels.entries()].filter(([, c]) => c < 255))"
    assert {int(k): v for k, v in desk.js(shown).items()} == stored
    other = Desk(chromium, app, desk.session)
    assert {int(k): v for k, v in other.js(shown).items()} == stored
    other.press("9")
    other.settled()
    desk.until(f"{LAB}?.labels.filter((c) => c < 255).length === 4")
    other.page.close()


def test_forty_keys_forty_milliseconds_apart_give_forty_right_labels_during_training(mnist_desk):
    mnist_desk.press("1", "2", "3")
    mnist_desk.guesses_for(3)
    mnist_desk.until(f"{LAB}?.state.trainer.state === 'training'")
    mnist_desk.js(
        f"""window.script = []; addEventListener("keydown", (event) => {{
            window.script.push([{LAB}?.focus, Number(event.key)])
        }}, true)"""
    )
    for n in range(40):
        mnist_desk.press(str(n * 7 % 10))
        mnist_desk.page.wait_for_timeout(40)
    mnist_desk.settled()
    script = [tuple(pair) for pair in mnist_desk.js("window.script")]
    assert [label for _, label in script] == [n * 7 % 10 for n in range(40)]
    assert len({example for example, _ in script}) == 40
    assert mnist_desk.app.labels(mnist_desk.session)[3:] == script


def test_a_killed_trainer_comes_back_and_learns_what_was_labelled_meanwhile(desk, app):
    desk.press("1", "2")
    desk.guesses_for(2)
    [pid] = app.worker_pids()
    os.kill(pid, signal.SIGKILL)
    desk.press("3", "4", "5")
    desk.settled()
    assert len(desk.stored()) == 5
    desk.guesses_for(5)
    assert app.worker_pids() not in ([], [pid])


def test_a_killed_app_loses_no_label_and_the_page_goes_on_by_itself(desk, app):
    desk.press("1", "2", "3", "4")
    desk.settled()
    acknowledged = desk.stored()
    app.kill()
    desk.press("5", "6")  # into the void
    assert desk.js(f"{LAB}?.pendingCount") > 0
    app.start()
    desk.settled()
    assert acknowledged.items() <= desk.stored().items()
    assert len(desk.stored()) == 6
    desk.until(f"{LAB}?.state.trainer.state !== 'starting'", 90)
    desk.guesses_for(6)


def test_a_model_that_diverges_is_taken_back_and_the_page_says_so(desk, app):
    desk.press("1", "2", "3")
    desk.guesses_for(3)
    desk.until(f"{LAB}?.state.trainer.step > 3")
    desk.press("p")
    desk.until(f"{LAB}?.state.trainer.state === 'paused'")
    app.kill()
    (folder,) = {path.parent for path in app.root.rglob(f"*{desk.session}*/ck-*")}
    arrays, manifest = read_newest(folder)
    for name, array in arrays.items():
        if name.startswith("model.") and array.dtype == np.float32:
            array[...] = np.nan
    write_checkpoint(folder, 1_000, manifest["step"], arrays, manifest)
    app.start()
    desk.page.get_by_text("Training diverged").first.wait_for(timeout=90 * SECONDS)
    desk.press("4")
    desk.guesses_for(4)
    assert len(desk.stored()) == 4


def test_pause_stops_the_steps_and_labels_are_answered_all_the_same(desk):
    desk.press("1", "2")
    desk.guesses_for(2)
    desk.until(f"{LAB}?.state.trainer.state === 'training'")
    desk.press("p")
    desk.until(f"{LAB}?.state.trainer.state === 'paused'")
    step = desk.js(f"{LAB}?.state.trainer.step")
    desk.press("3")
    desk.guesses_for(3)
    assert desk.js(f"{LAB}?.state.trainer.step") == step
    desk.press("p")
    desk.until(f"{LAB}?.state.trainer.step > {step}")


def test_training_from_scratch_forms_a_map_and_cancel_brings_the_old_one_back(mnist_desk):
    mnist_desk.until(f"{LAB}?.state.trainer.state === 'waiting'", 90)
    before = mnist_desk.js(f"Array.from({LAB}?.xy)")
    mnist_desk.page.get_by_test_id("scratch").click()
    mnist_desk.page.get_by_test_id("scratch-yes").click()
    mnist_desk.until(
        f"{LAB}?.state.map.moved > 0 && {LAB}?.mapVersion === {LAB}?.state.map.version", 90
    )
    assert mnist_desk.js(f"Array.from({LAB}?.xy)") != before
    assert "moved points" in mnist_desk.page.get_by_test_id("map-note").inner_text()
    mnist_desk.page.get_by_test_id("map-turn").click()  # the old map, to compare
    shown = mnist_desk.js("Array.from(window.ssvaeLabel.map.shown.slice(0, 201))")
    assert shown == before[:201]
    assert "as it was" in mnist_desk.page.get_by_test_id("map-note").inner_text()
    mnist_desk.page.get_by_test_id("map-turn").click()
    mnist_desk.page.get_by_test_id("cancel").click()
    mnist_desk.until(f"{LAB}?.state.trainer.state !== 'pretraining'")
    mnist_desk.until(
        f"{LAB}?.xy.every((v, i) => i > 200 || Math.abs(v - ({before[:201]})[i]) < 1e-6)"
    )


def test_an_address_of_no_session_gives_a_sentence_and_no_traceback(chromium, app):
    page = chromium.new_page()
    page.goto(f"{app.url}/?session=nowhere")
    page.get_by_text("There is no session 'nowhere'").wait_for(timeout=30 * SECONDS)
    assert page.get_by_text("Traceback").count() == 0
    page.close()


def test_a_new_session_begins_empty_and_the_old_one_is_listed(desk):
    desk.press("1")
    desk.settled()
    desk.page.locator("[class*=st-key-sessions-] button").first.click()
    desk.page.get_by_label("New session").fill("Second thoughts")
    desk.page.get_by_role("button", name="Begin").click()
    desk.until(f"{LAB}?.state?.session.name === 'Second thoughts'")
    assert desk.session not in desk.page.url
    assert desk.js(f"{LAB}?.state.labels.n") == 0
    desk.page.locator("[class*=st-key-sessions-] button").first.click()
    desk.page.locator(f".st-key-open-{desk.session} button").click()
    desk.until(f"{LAB}?.state?.session.id === '{desk.session}'")
    desk.until(f"{LAB}?.state.labels.n === 1")


def test_the_hover_card_shows_the_image_redrawn(desk):
    desk.until(f"{LAB}?.state.trainer.state === 'waiting'", 90)
    spot = desk.js(f"window.ssvaeLabel?.map.positionOf({LAB}?.focus)")
    desk.page.mouse.move(spot["x"] + 1, spot["y"])
    card = desk.page.get_by_test_id("hover-card")
    card.wait_for(timeout=10 * SECONDS)
    card.get_by_text("redrawn").wait_for(timeout=10 * SECONDS)


def test_accuracy_is_said_to_be_against_the_hidden_true_labels(mnist_desk):
    key = load_dataset("mnist").answer_key
    for _ in range(10):
        mnist_desk.press(str(key[mnist_desk.js(f"{LAB}?.focus")]))
    mnist_desk.guesses_for(10)
    mnist_desk.page.get_by_test_id("accuracy-source").get_by_text("hidden true labels").wait_for()
    shown = float(mnist_desk.page.get_by_test_id("accuracy").inner_text().rstrip("%"))
    best = np.array(mnist_desk.js(f"Array.from({LAB}?.guesses.best)"))
    labels = np.array(mnist_desk.js(f"Array.from({LAB}?.labels)"))
    assert shown == pytest.approx(100 * (best == key)[labels == 255].mean(), abs=1.0)
    assert shown > 85

    for n in range(11, 34):  # what ten more will bring is forecast at 20, and checked at 30
        mnist_desk.press(str(key[mnist_desk.js(f"{LAB}?.focus")]))
        mnist_desk.until(f"{LAB}?.state.snapshot.n_labels >= {n}")
    mnist_desk.page.get_by_text("10 more labels: about").wait_for()
    mnist_desk.page.get_by_text("You were told").wait_for()
    mnist_desk.page.get_by_test_id("curve-plot").get_by_text("at random").wait_for()
    loaded = mnist_desk.js("performance.getEntriesByType('resource').map(({ name }) => name)")
    assert sorted(url.split("/web/")[1] for url in loaded if "/web/" in url) == [
        "label.js",
        "person_menu.js",
    ]  # no chart library for one line


def test_the_next_page_of_questions_is_chosen_by_what_this_one_has_taught(desk):
    first = desk.js(f"{LAB}.asked")
    for n in range(len(first) - 2):
        desk.press(str(n % 10))
    desk.guesses_for(len(first) - 2)
    with desk.page.expect_response(lambda response: "/queue?" in response.url) as waiting:
        desk.press("3")
    chosen = [item["example"] for item in waiting.value.json()["items"]]
    desk.settled()
    desk.press("4")
    desk.until(f"{LAB}.asked.length === {len(first)} && {LAB}.asked[0] !== {first[0]}")
    assert desk.js(f"{LAB}.asked") == chosen[: len(first)]


def test_one_trainer_works_at_a_time_and_the_other_says_so(desk, chromium, app, new_session):
    desk.until(f"{LAB}?.state.trainer.state === 'waiting'", 90)
    other = Desk(chromium, app, new_session())
    desk.until(f"{LAB}?.state.trainer.message.startsWith('Another session is training')")
    desk.press("1")  # labelling goes on
    desk.settled()
    other.until(f"{LAB}?.state.trainer.state === 'waiting'", 90)
    desk.press("p")
    desk.guesses_for(1)
    other.until(f"{LAB}?.state.trainer.state === 'paused'")
    other.page.close()


def test_m2_learns_on_the_pixels_themselves(chromium, app):
    desk = Desk(chromium, app, app.new_session("m2").id)
    desk.press("1", "2", "3")
    desk.guesses_for(3)
    desk.until(f"{LAB}?.state.trainer.step > 60", 90)
    desk.until(f"{LAB}?.state.trainer.bound?.picture < -50")
    desk.page.close()
