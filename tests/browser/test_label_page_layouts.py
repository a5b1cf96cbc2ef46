"""The ways of working on the label page: map, board, card, the piles and the order of the queue."""

from __future__ import annotations

from collections import Counter
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from ssvae_core.data import load_dataset
from ssvae_core.labels.history import JUNK, NONE, SKIPPED, UNSURE, replay
from ssvae_core.training.ensemble import WARM_UP
from tests.support.desk import LAB, SECONDS, Desk
from tests.support.few_digits import N

DESK = "window.ssvaeLabel"
N_LABELS = 20


@pytest.fixture(scope="module")
def key():
    """The true class of every image."""
    return load_dataset("mnist").answer_key[:N]


@pytest.fixture(scope="module")
def taught(chromium, app, key, new_session):
    """A page on a session whose first 20 questions are answered, its trainer paused."""
    desk = Desk(chromium, app, new_session())
    asked = [item["example"] for item in app.get(f"sessions/{desk.session}/queue?n=20")["items"]]
    for cls in range(10):
        if examples := [example for example in asked if key[example] == cls]:
            app.label(desk.session, examples, cls)
    desk.guesses_for(N_LABELS)
    desk.until(f"['training', 'waiting'].includes({LAB}.state.trainer.state)")
    app.post(f"sessions/{desk.session}/trainer", {"command": "pause"})
    desk.open()  # and an image is framed that has no label
    yield desk
    assert desk.errors == []
    desk.page.close()


@pytest.fixture
def page(taught):
    """The same with nothing selected or open, in the grid; it may not be left with an error."""
    taught.press("Escape", "Escape", "Escape", "Escape")
    while taught.js(f"{DESK}.layoutModes.kind") != "grid":
        taught.press("Shift+G")
    taught.until(f"{DESK}.layoutModes.view === 'grid' && {LAB}.selection.size === 0")
    taught.until(f"{LAB}.focus !== null")
    taught.until(  # the guesses have seen what the test before did and undid
        f"{LAB}.state.snapshot.label_seq === {LAB}.state.labels.seq"
        f" && {LAB}.guesses.rev === {LAB}.state.snapshot.rev"
    )
    taught.settled()
    return taught


def words(desk, testid):
    return desk.page.get_by_test_id(testid).inner_text().replace("\xa0", " ")


def selection(desk):
    return set(desk.js(f"[...{LAB}.selection]"))


def best(desk):
    return np.array(desk.js(f"Array.from({LAB}.guesses.best)"))


def states(desk):
    """What the store holds of each example: class, or a state below 0."""
    events = desk.app.store.events(desk.session)
    history = replay(events, desk.app.store.session(desk.session).classes)
    values = {example: history.value(example) for example in history.voted}
    return {example: value for example, value in values.items() if value != NONE}


def message(desk):
    return desk.page.get_by_test_id("message").inner_text()


# Map


def test_the_most_similar_images_are_selected_and_again_twice_as_many(page):
    framed = page.js(f"{LAB}.focus")
    page.press("Shift+S")
    page.until(f"{LAB}.selection.size === 21")
    first = selection(page)
    assert framed in first
    assert "21 selected" in words(page, "count")
    page.press("Shift+S")
    page.until(f"{LAB}.selection.size === 41")
    assert first < selection(page)


def test_one_key_labels_a_selection_and_one_undo_takes_all_of_it_back(page):
    before = states(page)
    page.press("Shift+S")
    page.until(f"{LAB}.selection.size === 21")
    chosen = selection(page)
    page.press("3")
    page.settled()
    assert states(page) == {**before, **dict.fromkeys(chosen, 3)}
    assert selection(page) == set()
    page.press("z")
    page.settled()
    assert states(page) == before


def test_a_class_is_selected_by_its_guesses_without_what_has_a_label(page):
    page.press("s")
    page.page.get_by_test_id("select-class-7").click()
    labels = np.array(page.js(f"Array.from({LAB}.labels)"))
    assert selection(page) == set(np.flatnonzero((best(page) == 7) & (labels == 255)).tolist())
    page.page.get_by_test_id("select-class-1").click(modifiers=["Shift"])
    both = selection(page)
    page.page.get_by_test_id("select-class-7").click(modifiers=["Alt"])
    assert selection(page) == set(np.flatnonzero((best(page) == 1) & (labels == 255)).tolist())
    assert selection(page) < both


def test_the_least_sure_are_selected_as_many_as_the_slider_says(page):
    page.press("s")
    page.page.get_by_test_id("least-sure").fill("2")  # the third step: 2%
    chosen = list(selection(page))
    labels = np.array(page.js(f"Array.from({LAB}.labels)"))
    sure = np.array(page.js(f"Array.from({LAB}.guesses.p)"))
    assert len(chosen) == round(0.02 * (labels == 255).sum())
    others = np.setdiff1d(np.flatnonzero(labels == 255), chosen)
    assert sure[chosen].max() <= sure[others].min()
    assert f"{len(chosen):,}".replace(",", " ") in words(page, "least-sure-words")
    page.press("Escape")
    assert not page.page.get_by_test_id("select-card").is_visible()


def test_an_island_of_the_map_is_one_kind_of_digit(page, key):
    page.press("Shift+I")
    page.until(f"{LAB}.selection.size > 1")
    chosen = list(selection(page))
    [(_, most)] = Counter(key[chosen].tolist()).most_common(1)
    assert len(chosen) > N / 20
    assert most / len(chosen) > 0.9
    spot = page.js(f"{DESK}.map.positionOf({LAB}.focus)")
    page.press("Escape")
    page.page.mouse.dblclick(spot["x"], spot["y"])
    page.until(f"{LAB}.selection.size > 1")
    assert len(selection(page) & set(chosen)) > 0.9 * len(chosen)


def test_a_selection_on_an_older_map_is_refused_and_let_go_when_the_map_moves(page):
    before = states(page)
    page.js(f"{LAB}.setSelection([11, 12, 13], {LAB}.mapVersion - 1)")
    page.press("3")
    page.settled()
    page.until(f"{LAB}.labels[11] === 255")
    assert "map has moved" in message(page)
    assert states(page) == before
    page.js(f"{LAB}.setSelection([11, 12, 13], {LAB}.mapVersion - 1); {LAB}.emit('map')")
    assert selection(page) == set()
    assert "map has moved" in message(page)


def test_the_map_is_coloured_by_guess_label_or_confidence_and_drawn_as_images(page):
    chosen = page.page.get_by_test_id("colour-by")
    for name in ("label", "confidence", "guess"):
        chosen.select_option(name)
        assert page.js(f"{DESK}.map.toolbar.mode") == name
    page.page.get_by_test_id("mode-images").click()
    page.until(f"{DESK}.map.toolbar.showsImages")
    page.page.get_by_test_id("mode-dots").click()


# Board


def test_the_board_labels_all_but_the_marked_and_then_each_of_those(page):
    before = states(page)
    page.press("g")
    page.until(f"{DESK}.grid.page.length >= 24 && {DESK}.grid.rest.length > 20")
    shown = page.js(f"{DESK}.grid.page")
    page.page.get_by_test_id("board-1").click()
    page.press("ArrowRight", "Space")  # the one after it
    assert page.js(f"[...{DESK}.grid.marked]") == shown[1:3]
    guesses = best(page)
    rest = page.js(f"{DESK}.grid.rest")
    assert set(rest) == set(shown) - set(shown[1:3])
    page.press("Enter")
    page.settled()
    accepted = {example: int(guesses[example]) for example in rest}
    assert states(page) == {**before, **accepted}
    page.press("4", "7")  # what is wrong is seldom all the same
    page.settled()
    assert states(page) == {**before, **accepted, shown[1]: 4, shown[2]: 7}
    for _ in range(2 + len(set(accepted.values()))):  # one step of undo for each class
        page.press("z")
    page.settled()
    assert states(page) == before


def test_a_selection_on_the_board_is_called_by_one_class_in_one_step(page):
    before = states(page)
    page.js(f"{LAB}.setSelection({LAB}.asked.slice(0, 9))")
    chosen = selection(page)
    page.page.get_by_test_id("open-in-grid").click()
    page.until(f"{DESK}.grid.page.length === 9")
    page.js(f"{DESK}.grid.give(6)")
    assert "Label 9 as 6" in words(page, "board-accept")
    page.press("Enter")
    page.settled()
    assert states(page) == {**before, **dict.fromkeys(chosen, 6)}
    page.until(f"{DESK}.layoutModes.view === 'grid' && {LAB}.selection.size === 0")  # done: back
    page.press("z")
    page.settled()
    assert states(page) == before


def test_a_large_selection_is_labelled_only_as_far_as_it_is_seen(page):
    page.js(f"{LAB}.setSelection(Array.from({{ length: 200 }}, (_, k) => 1000 + k))")
    page.press("g")
    page.until(f"{DESK}.grid.page.length === 48")
    first = page.js(f"{DESK}.grid.page")
    page.press("PageDown")
    assert set(page.js(f"{DESK}.grid.page")).isdisjoint(first)
    page.press("PageUp")
    assert page.js(f"{DESK}.grid.page") == first
    n = len(page.js(f"{DESK}.grid.rest"))
    before = page.js(f"{LAB}.labelOverlay.labelled")
    page.press("Enter")
    page.settled()
    assert page.js(f"{LAB}.labelOverlay.labelled") == before + n <= before + 48
    assert page.js(f"{DESK}.grid.page") != first  # the next ones
    page.press("z")
    page.settled()


# States


@pytest.mark.parametrize(
    ("letter", "name", "title", "state", "byte"),
    [
        ("u", "unsure", "Unsure", UNSURE, 254),
        ("j", "junk", "Junk", JUNK, 253),
        ("x", "skip", "Skipped", SKIPPED, 252),
    ],
)
def test_an_image_is_put_aside_found_again_and_relabelled(page, letter, name, title, state, byte):
    labelled = page.js(f"{LAB}.labelOverlay.labelled")
    framed = page.js(f"{LAB}.focus")
    page.press(letter)
    page.settled()
    assert states(page)[framed] == state
    assert page.js(f"{LAB}.labels[{framed}]") == byte
    assert page.js(f"{LAB}.focus") != framed
    assert page.js(f"{LAB}.labelOverlay.labelled") == labelled  # no state counts as a label
    options = page.page.get_by_test_id("queue-panel").get_by_test_id("piles").inner_text()
    assert f"{title} 1" in options.replace("\xa0", " ")
    page.press(f"Shift+{letter.upper()}")
    page.until(f"{DESK}.grid.page.length === 1 && {LAB}.focus === {framed}")
    page.press("5")
    page.settled()
    assert states(page)[framed] == 5
    page.press("Backspace")
    page.settled()
    assert framed not in states(page)
    page.press("Escape")
    assert page.js(f"{LAB}.counts[{byte}]") == 0


def test_the_labelled_are_listed_and_an_empty_pile_says_what_to_do(page):
    page.page.get_by_test_id("queue-panel").get_by_test_id("piles").select_option("labelled")
    page.until(f"{DESK}.grid.source?.examples.length === {N_LABELS}")
    page.press("Escape", "Shift+J")
    assert "J throws an image out" in words(page, "board-empty")


def test_undo_takes_back_a_state(page):
    framed = page.js(f"{LAB}.focus")
    page.press("u")
    assert f"image {framed} as unsure" in page.page.get_by_test_id("undo").get_attribute("title")
    page.press("z")
    page.settled()
    assert page.js(f"{LAB}.isOpen({framed})")


# Card


def test_the_card_shows_one_image_and_stays_after_a_reload(page):
    page.press("Shift+G")
    page.open()
    page.until(f"{DESK}.layoutModes.view === 'card' && {LAB}.guesses")
    framed = page.js(f"{LAB}.focus")
    guess = page.js(f"{LAB}.guessOf({framed}).best")
    assert words(page, "card-accept").startswith(f"Accept {guess}")
    page.page.get_by_test_id("nearest").locator(".near-one").first.wait_for()
    page.press("Enter")
    page.settled()
    assert states(page)[framed] == guess
    assert page.js(f"{LAB}.focus") == page.js(f"{LAB}.asked[1]")  # the next card
    page.page.get_by_test_id("card-unsure").click()
    page.settled()
    assert page.js(f"{LAB}.stateOf({LAB}.asked[1])") == "unsure"
    page.press("z", "z")
    page.settled()


def test_the_card_redraws_an_image_both_ways_once_the_model_has_learned(page):
    page.app.post(f"sessions/{page.session}/trainer", {"command": "resume"})
    page.press("Shift+G")
    sides = f"[...{DESK}.map.panel.getRootNode().querySelectorAll('.both .side')]"
    page.until(f"{sides}.filter((side) => !side.hidden).length === 2", 120)
    page.app.post(f"sessions/{page.session}/trainer", {"command": "pause"})
    text = words(page, "hesitation")
    assert "it can redraw this image both ways" in text
    assert "fits best" in text or "worse" in text  # the bound's best may be a third class
    assert "ink the redrawing adds" in text


# Queue


def test_the_queue_is_asked_for_a_strategy_a_class_and_a_share_of_random_images(page):
    strategies = page.js(f"{DESK}.queue.answer.strategies")
    of_class = next(one["name"] for one in strategies if one["needs_class"])
    page.page.get_by_test_id("strategy").select_option(of_class)
    page.until(f"{DESK}.queue.answer.strategy === '{of_class}'")
    with page.page.expect_request(asks(strategy=of_class, **{"class": "8"})):
        page.page.get_by_test_id("strategy-class").select_option("8")
    page.page.get_by_test_id("tune").click()
    with page.page.expect_request(asks(strategy=of_class, mix="0.25")):
        page.page.get_by_test_id("mix").fill("25")
        page.page.get_by_test_id("mix").dispatch_event("change")
    page.until(f"{DESK}.queue.page.length > 0 && {LAB}.focus !== null")
    assert words(page, "why")
    page.press("Escape")
    page.js(f"{DESK}.queue.choose({{ strategy: 'auto', mix: 0, cls: null }})")
    page.until(f"{DESK}.queue.answer.strategy === 'auto'")


def asks(**wanted):
    """Whether a request is a question of the queue with these parameters."""

    def is_it(request):
        url = urlsplit(request.url)
        query = parse_qs(url.query)
        return url.path.endswith("/queue") and all(query.get(k) == [v] for k, v in wanted.items())

    return is_it


def test_the_sheet_lists_every_command_key(page):
    page.press("?")
    sheet = words(page, "key-sheet")
    for name in ("unsure", "junk", "skip", "grid", "island", "similar", "lasso", "undo", "redo"):
        assert name in sheet
    page.press("Escape")


def test_a_merged_class_is_gone_from_every_guess(page):
    op = {"op_id": "merge-9-4", "kind": "class-merge", "class": 9, "into": 4, "examples": []}
    page.app.post(f"sessions/{page.session}/events", {"ops": [op]})
    page.until(f"{LAB}.classes.length === 9")
    assert page.js(f"{LAB}.classOf(9) === undefined")
    page.until(f"{LAB}.labels.every((value) => value !== 9)")
    taken = f"{LAB}.guesses.best.findIndex((cls) => cls === 9)"
    assert page.js(f"{taken} < 0 || {LAB}.guessOf({taken})?.best !== 9")
    page.press("z")
    page.until(f"{LAB}.classes.length === 10")


def test_dots_are_coloured_by_how_odd_they_are_who_named_them_and_their_island(page, key):
    shades = f"{DESK}.map.colourSources"
    choose = page.page.get_by_test_id("colour-by").select_option
    # Its trainer is paused after too few steps to find anything odd.
    page.page.route("**/odd", lambda route: route.fulfill(body=bytes(range(250)) * (N // 250)))
    choose("oddness")
    page.page.get_by_text("the darker, the odder").wait_for()
    page.page.unroute("**/odd")

    choose("island")
    island = np.array(page.js(f"Array.from({shades}.of('island'))"))
    first = np.flatnonzero(island == 1)
    assert len(first) >= len(np.flatnonzero(island == 2)) > 0
    assert (key[first] == np.bincount(key[first]).argmax()).mean() > 0.8

    choose("person")
    page.until(f"{shades}.of('person') !== null")
    assert page.js(f"{shades}.of('person').filter((k) => k > 0).length") == N_LABELS
    assert "no name" in words(page, "people-signs")
    choose("guess")


def test_the_map_is_seen_by_pca_and_by_the_models_own_latents_and_again_as_it_was(page):
    page.app.post(f"sessions/{page.session}/trainer", {"command": "resume"})
    page.until(f"{LAB}.state.trainer.step >= {WARM_UP}")  # before, it has no latents to show
    see, shown = page.page.get_by_test_id("view").select_option, f"Array.from({DESK}.map.shown)"
    before, seen = page.js(shown), []
    for view, note in (("pca", "vary most"), ("style", "own latents")):
        see(view)
        page.page.get_by_test_id("map-note").get_by_text(note).wait_for(timeout=180 * SECONDS)
        seen.append(page.js(shown))
    assert len({len(xy) for xy in (before, *seen)}) == 1
    assert before != seen[0] != seen[1]
    see("map")
    page.until(f"{DESK}.map.versions.view === 'map'")
    assert page.js(shown) == before
