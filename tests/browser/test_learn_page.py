"""The learn page in a real browser: each lesson from its question to its end, and a run here."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from benchmarks.app_process import App
from ssvae_core.lessons import LESSONS, shipped
from tests.support.desk import SECONDS, Desk

LEARN = "window.ssvaeLearn"
FIRST = next(iter(LESSONS.values()))


class LearnDesk(Desk):
    """The learn page, and what a student does with it."""

    def open(self, query: str = ""):
        self.page.goto(f"{self.app.url}/learn?session={self.session}{query}")
        self.until(f"{LEARN}?.lessons.all")

    def text(self, testid: str) -> str:
        found = self.page.get_by_test_id(testid).inner_text()
        return " ".join(found.replace("\xa0", " ").split())

    def number(self, side: str) -> str:
        return self.page.get_by_test_id(side).get_by_test_id("number").inner_text()

    def query(self) -> dict[str, str]:
        return {name: one for name, (one,) in parse_qs(urlsplit(self.page.url).query).items()}

    def shows(self, side: str, words: str):
        """The side's number becomes this."""
        number = self.page.get_by_test_id(side).get_by_test_id("number")
        number.get_by_text(words, exact=True).wait_for(timeout=20 * SECONDS)


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """The app; lessons that run here take a fiftieth of their steps."""
    app = App(tmp_path_factory.mktemp("workspace"), is_started=False)
    app.environment["SSVAE_LESSON_SHARE"] = "0.02"
    app.start()
    yield app
    app.stop()


@pytest.fixture(scope="module")
def session(new_session):
    return new_session()


@pytest.fixture
def learn(chromium, app, session):
    desk = LearnDesk(chromium, app, session)
    yield desk
    assert desk.errors == []
    assert desk.hosts <= {urlsplit(app.url).netloc, ""}, "the page asked another host"
    desk.page.close()


def words_at(lesson, value=None, free=None):
    """The number in large type, of what ships."""
    value = lesson.asked if value is None else value
    free = lesson.free_knob.kept if free is None else free
    return shipped(lesson, value, free).words


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_from_start_to_end(learn, name):
    lesson = LESSONS[name]
    learn.page.get_by_test_id(f"lesson-{name}").click()
    learn.shows("kept", words_at(lesson, lesson.knob.kept))
    assert learn.number("now") == "?"
    slider = learn.page.get_by_test_id("knob")
    assert slider.get_attribute("aria-disabled") == "true"
    wrong = (lesson.right + 1) % len(lesson.answers)
    learn.page.get_by_test_id(f"answer-{wrong}").click()
    learn.page.get_by_test_id("next").click()  # the knob goes where the question asks
    learn.shows("now", words_at(lesson))
    said = learn.text("look")
    assert f"You said {lesson.answers[wrong]}" in said
    outcome = shipped(lesson, lesson.asked, lesson.free_knob.kept)
    assert " ".join(outcome.said.split()) in said
    right = learn.page.get_by_test_id(f"answer-{lesson.right}")
    assert "is-right" in right.get_attribute("class")
    figures = learn.page.get_by_test_id("now").locator("figure")
    assert figures.count() == len(outcome.figures)
    learn.page.get_by_test_id("next").click()
    assert lesson.why in learn.text("step-why")
    learn.page.get_by_test_id("next").click()
    free = learn.page.get_by_test_id("free-knob")
    free.wait_for()
    last = lesson.free_knob.values[-1]
    free.evaluate(
        "(slider) => { slider.value = slider.max; slider.dispatchEvent(new Event('input')) }"
    )
    learn.shows("now", words_at(lesson, free=last))
    learn.page.get_by_test_id("next").click()
    following = [*LESSONS, ""][[*LESSONS].index(name) + 1]
    assert learn.query().get("lesson", "") == following
    learn.open()
    assert "done" in learn.page.get_by_test_id(f"lesson-{name}").get_attribute("class")


def test_a_lesson_by_keyboard_alone(learn):
    page = learn.page
    page.get_by_test_id(f"lesson-{FIRST.name}").focus()
    learn.press("Enter")
    learn.shows("kept", words_at(FIRST, FIRST.knob.kept))
    learn.press("ArrowRight", "g", "v")
    assert learn.number("now") == "?"  # nothing moves before an answer
    learn.press("s")
    learn.press("Enter")
    learn.shows("now", words_at(FIRST))
    values = FIRST.knob.values
    step, key = (-1, "ArrowLeft") if FIRST.asked == values[-1] else (1, "ArrowRight")
    learn.press(key)
    learn.shows("now", words_at(FIRST, values[values.index(FIRST.asked) + step]))
    learn.press("f")
    page.get_by_test_id("formula-box").wait_for()
    learn.press("Tab")
    assert FIRST.symbols[0].file in learn.text("symbol")
    learn.press("Escape")
    page.get_by_test_id("formula-box").wait_for(state="detached")
    learn.press("?")
    page.get_by_test_id("key-sheet").wait_for()
    learn.press("Escape")
    page.get_by_test_id("key-sheet").wait_for(state="hidden")
    is_last = FIRST.free_knob.kept == FIRST.free_knob.values[-1]
    learn.press("Enter", "Enter", "ArrowDown" if is_last else "ArrowUp")
    assert learn.query()["step"] == "free"
    assert learn.query()["free"] != str(FIRST.free_knob.kept)
    learn.press("Shift+Enter")
    assert learn.query()["step"] == "why"
    learn.press("n")
    assert "answer" not in learn.query()
    learn.press("l")
    page.get_by_test_id("lessons").wait_for()
    assert "lesson" not in learn.query()


def test_after_a_click_and_after_tab_enter_goes_on(learn):
    learn.page.get_by_test_id(f"lesson-{FIRST.name}").click()
    learn.page.get_by_test_id("answer-0").click()
    learn.press("Enter")
    learn.shows("now", words_at(FIRST))
    learn.press("n")
    learn.page.get_by_test_id("answer-1").focus()
    learn.press("Enter", "Enter")
    assert learn.query()["seen"] == "1"
    learn.page.get_by_test_id("knob").focus()
    learn.press("Enter")
    assert learn.query()["step"] == "why"
    learn.press("Home")
    learn.shows("now", words_at(FIRST, FIRST.knob.values[0]))


def test_a_link_opens_what_it_was_made_of(learn):
    value = FIRST.knob.values[0]
    learn.open(f"&lesson={FIRST.name}&answer=1&knob={value:g}&step=free&seen=1&seed=7")
    learn.shows("now", words_at(FIRST, value))
    assert learn.page.get_by_test_id("seed").input_value() == "7"
    before = learn.query()
    learn.page.reload()
    learn.shows("now", words_at(FIRST, value))
    assert learn.query() == before
    assert learn.page.get_by_test_id("answer-0").get_attribute("aria-pressed") == "true"
    learn.open("&lesson=nothing&answer=1")
    learn.page.get_by_test_id("lessons").wait_for()


def test_another_session_leaves_the_lesson_as_it_is(learn):
    learn.open(f"&lesson={FIRST.name}&answer=1&knob={FIRST.asked:g}&seen=1")
    learn.shows("now", words_at(FIRST))
    before = learn.query()
    learn.page.locator(".st-key-session button").first.click()
    learn.page.get_by_role("button", name="Begin").click()
    learn.page.wait_for_url(lambda url: learn.session not in url, timeout=60 * SECONDS)
    learn.until(f"new URLSearchParams(location.search).get('lesson') === '{FIRST.name}'")
    learn.until("new URLSearchParams(location.search).get('seen') === '1'")
    assert learn.query() | {"session": ""} == before | {"session": ""}
    learn.shows("now", words_at(FIRST))


def test_the_browsers_back_leads_from_a_lesson_to_the_list(learn):
    learn.page.get_by_test_id(f"lesson-{FIRST.name}").click()
    learn.press("s")
    learn.page.go_back()
    learn.page.get_by_test_id("lessons").wait_for()
    learn.page.go_forward()
    learn.page.get_by_test_id("lesson").wait_for()
    assert learn.query()["answer"] == "skip"


def test_it_runs_here_says_how_it_differs_and_the_link_keeps_it(learn):
    learn.open(f"&lesson={FIRST.name}&answer=1&knob={FIRST.asked:g}&seen=1&seed=5")
    learn.shows("now", words_at(FIRST))
    learn.page.get_by_test_id("run-here").click()
    learn.page.get_by_test_id("cancel-run").wait_for()
    learn.until(f"{LEARN}.lessons.run?.state === 'done' && {LEARN}.course.isRun", 120)
    learn.page.get_by_test_id("run-words").get_by_text("what ships").wait_for()
    assert f"what ships: {words_at(FIRST)}" in learn.text("run-words")
    assert learn.query()["run"] == "1"
    learn.page.reload()
    learn.page.get_by_test_id("status").get_by_text("Ran here").wait_for()
    learn.page.get_by_test_id("show-run").click()
    learn.shows("now", words_at(FIRST))


def test_a_run_is_cancelled_and_what_ships_stays(learn):
    learn.open(f"&lesson={FIRST.name}&answer=1&knob={FIRST.asked:g}&seen=1&seed=6")
    learn.shows("now", words_at(FIRST))
    learn.press("g")
    learn.page.get_by_test_id("cancel-run").click()
    learn.page.get_by_test_id("status").get_by_text("Cancelled").wait_for(timeout=30 * SECONDS)
    assert learn.number("now") == words_at(FIRST)
    assert "run" not in learn.query()


def test_a_projector_gets_larger_letters_and_keeps_them(learn):
    learn.open(f"&lesson={FIRST.name}")

    def size():
        return float(learn.js(f"parseFloat(getComputedStyle({LEARN}.desk).fontSize)"))

    assert size() >= 20  # legible from the last row
    learn.press("-")
    small = size()
    learn.open(f"&lesson={FIRST.name}")
    assert size() == small < 17
    learn.press("+")
    assert size() >= 20
    for width, height in ((1440, 900), (1920, 1080), (1280, 720)):
        learn.page.set_viewport_size({"width": width, "height": height})
        assert learn.js("document.documentElement.scrollHeight <= innerHeight")


def test_the_notes_for_teachers_open_and_lead_back_into_a_lesson(learn):
    learn.page.get_by_test_id("notes").click()
    link = learn.page.locator(f"a[href*='lesson={FIRST.name}']").first
    link.wait_for(timeout=20 * SECONDS)
    learn.page.goto(f"{learn.app.url}{link.get_attribute('href')}")
    learn.page.get_by_test_id("lesson").wait_for()
    assert learn.query()["session"] == learn.session
