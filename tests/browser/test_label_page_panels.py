"""What stands around the work, in a real browser: classes, history, people, training, pace."""

from __future__ import annotations

import json
import re
import shutil
import uuid
from pathlib import Path

from ssvae_core.data import ASSETS
from ssvae_core.labels.classes import KEYS
from ssvae_core.storage.bundles import MANIFEST
from tests.support.desk import LAB, SECONDS, Desk

WEB = Path(__file__).resolve().parents[2] / "pages" / "web"
FRUIT = (
    *("apple", "banana", "cherry", "date", "elder", "fig", "grape", "hazelnut", "iris", "jasmine"),
    *("kiwi", "lemon", "mango", "nectarine", "orange", "pear", "quince", "rhubarb", "sage", "tea"),
)


def names(desk):
    return desk.js(f"{LAB}.classes.map((cls) => cls.name)")


def seen(desk, name):
    return desk.page.get_by_test_id(name)


def do(desk, kind, **fields):
    """An operation of somebody else's page."""
    op = {"op_id": str(uuid.uuid4()), "kind": kind, **fields}
    return desk.app.post(f"sessions/{desk.session}/events", {"ops": [op]})["results"][0]


def posts(desk):
    """How many operations each request from now on carries."""
    found = []
    desk.page.on(
        "request",
        lambda request: (
            found.append(len(request.post_data_json["ops"]))
            if request.url.endswith("/events")
            else None
        ),
    )
    return found


def sit_down(desk, name):
    """Give a name in the person menu."""
    seen(desk, "person").click()
    seen(desk, "person-name").fill(name)
    seen(desk, "person-save").click()
    desk.until(f"{LAB}?.state?.person === '{name}'")


def test_the_keys_of_the_browser_are_those_of_the_server():
    [keys] = re.findall('KEYS = "(.+)"', (WEB / "session" / "class_overlay.js").read_text())
    assert keys == KEYS


def test_a_new_class_takes_a_name_and_the_framed_image_with_it(desk):
    framed = desk.js(f"{LAB}.focus")
    desk.press("n")
    desk.page.keyboard.type("seven with a bar")
    desk.press("Enter")
    desk.until(f"{LAB}.labels[{framed}] === 10")
    desk.settled()
    assert desk.stored() == {framed: 10}
    assert names(desk)[-1] == "seven with a bar"
    assert desk.js(f"{LAB}.focus") != framed
    second = desk.js(f"{LAB}.focus")
    desk.press("w")  # the key that it was given
    desk.settled()
    assert desk.stored() == {framed: 10, second: 10}
    desk.guesses_for(2)  # the model has grown by a class
    assert set(desk.js(f"Array.from({LAB}.guesses.best)")) == {10}


def test_a_new_class_takes_the_whole_selection_in_one_step(desk):
    desk.js(f"{LAB}.setSelection([11, 12, 13])")
    desk.press("n")
    assert "3 selected images" in seen(desk, "class-box-hint").inner_text()
    desk.page.keyboard.type("odd ones")
    desk.press("Enter")
    desk.until(f"{LAB}.labels[12] === 10")
    desk.settled()
    assert desk.stored() == dict.fromkeys((11, 12, 13), 10)
    assert desk.js(f"{LAB}.selection.size") == 0


def test_a_double_click_renames_and_gives_no_label(desk):
    seen(desk, "chip-7").locator(".main").dblclick()
    seen(desk, "rename").fill("with a bar")
    desk.press("Enter")
    assert names(desk)[7] == "with a bar"  # at once
    desk.settled()
    assert desk.stored() == {}
    desk.until(f"{LAB}.state.classes[7].name === 'with a bar'")
    assert "with a bar" in seen(desk, "chip-7").inner_text()
    framed = desk.js(f"{LAB}.focus")
    seen(desk, "chip-7").locator(".main").click()
    desk.until(f"{LAB}.labels[{framed}] === 7")


def test_the_menu_of_a_class_recolours_moves_merges_and_deletes_and_undo_brings_labels_back(desk):
    labelled = {}
    for key in "3378":
        labelled[desk.js(f"{LAB}.focus")] = int(key)
        desk.press(key)
    desk.settled()

    def menu(name):
        seen(desk, name).locator(".main").focus()
        desk.press("ArrowDown")  # by keyboard
        seen(desk, "class-menu").wait_for()

    menu("chip-3")
    seen(desk, "colour-9").click()
    desk.until(f"{LAB}.state.classes[3].colour === '#AF0B04'")
    menu("chip-3")
    seen(desk, "move-left").click()
    assert names(desk)[:5] == ["0", "1", "3", "2", "4"]
    desk.until(f"{LAB}.state.classes[2].name === '3'")
    framed = desk.js(f"{LAB}.focus")
    desk.press("2")
    labelled[framed] = 3  # the key has moved with the class
    menu("chip-7")
    seen(desk, "merge-into").select_option("8")
    seen(desk, "merge").click()
    merged = {e: 8 if cls == 7 else cls for e, cls in labelled.items()}
    assert desk.js(f"{LAB}.counts[8]") == 2  # at once
    desk.settled()
    assert desk.stored() == merged
    menu("chip-2")
    assert "3 images will have no label" in seen(desk, "class-menu").inner_text()
    seen(desk, "delete-class").click()
    desk.settled()
    assert desk.stored() == {e: cls for e, cls in merged.items() if cls != 3}
    desk.until(f"{LAB}.state.undo === '3 deleted'")
    desk.press("z", "z")
    desk.settled()
    desk.until(f"{LAB}.state.classes.length === 10")
    assert desk.stored() == labelled
    shown = f"Object.fromEntries([...{LAB}.labels.entries()].filter(([, c]) => c < 250))"
    desk.until(f"{LAB}.counts[7] === 1")
    assert {int(k): v for k, v in desk.js(shown).items()} == labelled


def test_a_chip_dragged_to_another_place_gets_the_key_of_that_place(desk):
    seen(desk, "chip-8").drag_to(seen(desk, "chip-1"), target_position={"x": 4, "y": 10})
    desk.until(f"{LAB}.state.classes.map((cls) => cls.name).join('') === '0812345679'")
    desk.settled()
    assert desk.stored() == {}  # and labels nothing


def test_a_refused_change_goes_away_and_says_why(desk):
    do(desk, "class-add", name="late")
    desk.until(f"{LAB}.classes.length === 11")
    at_once = desk.js(f"({LAB}.changeClass('class-add', {{name: 'LATE'}}), {LAB}.classes.length)")
    assert at_once == 12  # read before the server can have answered
    desk.until(f"{LAB}.classes.length === 11")
    assert "There is a class 'late' already" in seen(desk, "message").inner_text()


def test_thirty_classes_keep_the_layout_and_are_found_by_typing(desk):
    for fruit in FRUIT:
        do(desk, "class-add", name=fruit)
    desk.until(f"{LAB}.state.classes.length === 30")
    for width in (1440, 1280, 1100):
        desk.page.set_viewport_size({"width": width, "height": 900})
        seen(desk, "more-classes").wait_for()
        overflow = desk.js(
            """() => {
              const desk = window.ssvaeLabel.element
              const row = desk.querySelector(".chips-row")
              const more = desk.querySelector("[data-testid=more-classes]").textContent
              const shown = desk.querySelectorAll(".chip:not([hidden])").length
              return [row.scrollWidth - row.clientWidth, parseInt(more) + shown,
                      document.documentElement.scrollWidth - innerWidth]
            }"""
        )
        assert overflow == [0, 30, 0], width
    framed = desk.js(f"{LAB}.focus")
    desk.press("/")
    desk.page.keyboard.type("rhu")
    assert seen(desk, "class-box").get_by_role("option").first.inner_text() == "R\nrhubarb\n0"
    desk.press("Enter")
    desk.until(f"{LAB}.labels[{framed}] === {10 + FRUIT.index('rhubarb')}")
    desk.press("/")
    desk.page.keyboard.type("e")  # elder begins with it, apple only has it
    desk.press("ArrowDown", "ArrowUp")
    framed = desk.js(f"{LAB}.focus")
    desk.press("Enter")
    desk.until(f"{LAB}.labels[{framed}] === {10 + FRUIT.index('elder')}")
    assert desk.js(f"{LAB}.state.classes.filter((cls) => cls.key).length") == len(KEYS)


def test_a_click_in_the_history_goes_there_in_one_request_and_forward_again(desk):
    desk.press("1", "2", "3", "4", "5")
    desk.settled()
    everything = desk.stored()
    desk.press("Shift+H")
    rows = seen(desk, "history-row")
    rows.nth(4).wait_for()
    assert "as 5" in rows.nth(0).inner_text()
    assert re.search(r"\d\d:\d\d:\d\d", rows.nth(0).inner_text())
    sent = posts(desk)
    rows.nth(3).click()  # the second label
    desk.settled()
    assert sent == [3]
    assert desk.stored() == dict(list(everything.items())[:2])
    desk.page.locator("[data-testid=history-row].undone").nth(2).wait_for()
    assert "undone" in rows.nth(0).inner_text()
    rows.nth(0).click()
    desk.settled()
    assert sent == [3, 3]
    assert desk.stored() == everything
    rows.nth(4).wait_for()
    desk.page.locator("[data-testid=history-row].undone").first.wait_for(state="detached")
    seen(desk, "history-start").click()
    desk.settled()
    assert desk.stored() == {}
    desk.press("Escape")
    assert not seen(desk, "history").is_visible()


def test_two_people_label_at_once_and_each_undoes_only_their_own(desk, chromium, app):
    other = Desk(chromium, app, desk.session)
    sit_down(desk, "Ana")
    sit_down(other, "Béla Ö")
    [cookie] = [c for c in other.page.context.cookies() if c["name"] == "ssvae_person"]
    assert cookie["value"] == "B%C3%A9la%20%C3%96"
    assert cookie["sameSite"] == "Lax"
    for k in range(6):  # in turns, neither waits for the other
        desk.js(f"{LAB}.label([{k}], 1)")
        other.js(f"{LAB}.label([{100 + k}], 2)")
    desk.settled()
    other.settled()
    events = app.store.events(desk.session)
    assert sorted((e.example, e.label, e.annotator) for e in events) == [
        *((k, 1, "Ana") for k in range(6)),
        *((100 + k, 2, "Béla Ö") for k in range(6)),
    ]
    other.until(f"{LAB}.state.labels.n === 12")
    other.press("z")
    other.settled()
    desk.until(f"{LAB}.state.labels.n === 11")
    assert desk.stored() == dict.fromkeys(range(6), 1) | dict.fromkeys(range(100, 105), 2)
    desk.until(f"{LAB}.describe('undo') === 'image 5 as 1'")
    desk.press("Shift+H")
    rows = seen(desk, "history-row")
    rows.nth(11).wait_for()
    theirs = rows.filter(has_text="Béla Ö")
    assert theirs.count() == 6
    assert rows.filter(has_text="Ana").count() == 6
    assert theirs.last.get_attribute("aria-disabled") == "true"
    theirs.last.click(force=True)  # shown, never undone
    desk.press("Escape")
    seen(desk, "person").click()
    people = seen(desk, "person-row")
    people.nth(2).wait_for()
    assert "6 labelled" in people.filter(has_text="Ana").inner_text()
    assert "5 labelled" in people.filter(has_text="Béla").inner_text()
    assert len(app.store.events(desk.session)) == 13
    people.filter(has_text="Just me").click()
    desk.until(f"{LAB}.state.person === ''")
    assert desk.js(f"{LAB}.describe('undo')") is None
    assert not any(c["name"] == "ssvae_person" for c in desk.page.context.cookies())
    assert other.errors == []
    other.page.close()


def test_beside_each_drawing_one_key_shows_the_real_image_nearest_to_it(chromium, app):
    desk = Desk(chromium, app, app.new_session("m1").id)  # which draws without a step
    for cls in "33":
        desk.press(cls)
    desk.settled()
    desk.until(f"{LAB}.state.samples.some((group) => group.by_class)", seconds=240)
    panel, row = desk.page.locator(".samples"), seen(desk, "samples-3").locator(".two")
    assert "none chosen among more" in panel.locator(".caption").inner_text()
    assert row.count() > 0
    desk.press("Shift+R")
    panel.get_by_text("Right of each drawing, the real image nearest to it.").wait_for()
    assert seen(desk, "nearest-real").get_attribute("aria-pressed") == "true"
    assert row.count() == 8
    row.nth(7).locator("canvas.on").wait_for()
    assert row.nth(7).locator("canvas.on").evaluate("(its) => its.width") == 28
    seen(desk, "nearest-real").click()
    assert "none chosen among more" in panel.locator(".caption").inner_text()
    assert seen(desk, "nearest-real").get_attribute("aria-pressed") == "false"
    assert desk.errors == []
    desk.page.close()


def test_a_trainer_that_failed_says_why_and_is_started_again(chromium, app):
    """The session's own map is one of other images."""
    session = app.new_session().id
    own = app.root / "sessions" / session / "starter"
    shutil.copytree(ASSETS / "starter" / "mnist", own)
    manifest = own / "atlas" / MANIFEST
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "fingerprint": "other"}))
    desk = Desk(chromium, app, session)
    desk.until(f"{LAB}.state.trainer.state === 'failed'")
    assert "were made for other images" in seen(desk, "message").inner_text()
    assert "the trainer is not running" in desk.page.locator(".samples").inner_text()
    assert seen(desk, "pause").is_hidden()
    desk.press("3")
    desk.settled()  # labelling goes on
    contrastive = f"{LAB}.on('state', () => states.push({LAB}.state.trainer.state))"
    desk.js(f"void (window.states = [], {contrastive})")  # what it returns would be called
    seen(desk, "start-again").click()
    desk.until("states.some((state) => state !== 'failed') && states.at(-1) === 'failed'")
    assert desk.errors == []
    desk.page.close()


def test_what_is_chosen_stays_while_the_answer_is_awaited(desk):
    held = []
    desk.page.route("**/trainer", lambda route: held.append(route))
    desk.press("Shift+T")
    for mode, refusal in (("asked", None), ("labels", "Not now.")):
        seen(desk, f"when-{mode}").check()
        while not held:
            desk.js("1")
        desk.js(f"{LAB}.emit('state')")  # one that was on its way before the click
        assert seen(desk, f"when-{mode}").is_checked()
        if refusal:
            held.pop().fulfill(status=409, json={"error": refusal})
            desk.page.get_by_text(refusal).wait_for()
        else:
            held.pop().continue_()
            desk.until(f"{LAB}.state.trainer.when.mode === '{mode}'")
        assert seen(desk, "when-asked").is_checked()


def test_a_row_that_is_pressed_while_another_comes_is_clicked(desk):
    desk.press("1", "2", "3")
    desk.settled()
    desk.press("Shift+H")
    rows = seen(desk, "history-row")
    rows.nth(2).hover()
    desk.page.mouse.down()
    desk.app.label(desk.session, [70], 4, who="Ann")
    desk.until(f"{LAB}.labels[70] === 4")
    desk.page.mouse.up()
    desk.page.locator("[data-testid=history-row].undone").nth(1).wait_for()
    desk.page.locator("[data-testid=history-row].others").wait_for()
    assert desk.stored()[70] == 4
    assert len(desk.stored()) == 2  # the other is the first of the three


def test_the_model_trains_when_it_is_told_and_cancel_stops_the_run(mnist_desk):
    mnist_desk.until(f"{LAB}?.state.trainer.state === 'waiting'", 90)
    mnist_desk.press("Shift+T")
    seen(mnist_desk, "when-asked").check()
    mnist_desk.until(f"{LAB}.state.trainer.when.mode === 'asked'")
    mnist_desk.press("Escape")
    assert not seen(mnist_desk, "training").is_visible()
    step = mnist_desk.js(f"{LAB}.state.trainer.step")
    mnist_desk.press("1", "2", "3")
    mnist_desk.guesses_for(3)  # labels are propagated all the same
    assert mnist_desk.js(f"{LAB}.state.trainer.step") == step
    assert mnist_desk.js(f"{LAB}.state.trainer.state") == "waiting"
    mnist_desk.press("Shift+T")
    assert seen(mnist_desk, "train-cancel").get_attribute("aria-disabled") == "true"
    seen(mnist_desk, "train-now").click()
    mnist_desk.until(f"{LAB}.state.trainer.run?.step > 5")
    assert re.search(r"of this run · epoch \d", seen(mnist_desk, "training-run").inner_text())
    seen(mnist_desk, "spark-loss").wait_for(timeout=90 * SECONDS)  # the first comes after 50 steps
    seen(mnist_desk, "train-cancel").click()
    mnist_desk.until(f"{LAB}.state.trainer.state === 'waiting' && !{LAB}.state.trainer.run")
    seen(mnist_desk, "after-labels").fill("2")
    seen(mnist_desk, "after-labels").press("Enter")
    mnist_desk.until(
        f"{LAB}.state.trainer.when.mode === 'labels' && {LAB}.state.trainer.when.labels === 2"
    )
    mnist_desk.press("Escape")
    mnist_desk.press("4", "5")
    mnist_desk.until(f"{LAB}.state.trainer.state === 'training'")
    mnist_desk.press("p")
    mnist_desk.until(f"{LAB}.state.trainer.state === 'paused'")
    assert "Paused" in seen(mnist_desk, "trainer").inner_text()


def test_the_sheet_lists_the_new_keys(desk):
    desk.press("?")
    sheet = seen(desk, "key-sheet").inner_text()
    for words in ("find a class", "a new class", "all that was done", "when it trains"):
        assert words in sheet


def test_the_pace_and_the_minutes_to_a_target_are_shown(desk):
    for n in range(8):
        desk.press(str(n))
    desk.until(f"{LAB}.state.pace > 0")
    assert "labels a minute" in seen(desk, "pace").inner_text()
    assert seen(desk, "pace-target").input_value() == "10"
    seen(desk, "pace-target").fill("300")
    seen(desk, "pace-target").press("Enter")
    assert re.search(r"about \d+ (s|min)", seen(desk, "pace-time").inner_text())
