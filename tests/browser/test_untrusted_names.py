"""Names are text on every page: none of them is a link, a picture or a request to another host."""

from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import expect

from benchmarks.app_process import App
from tests.support.desk import SECONDS
from tests.support.small_files import encoded, picture, write

NAMES = [
    "![pixel](http://evil.example/a.png)",
    "[Log in](http://evil.example/)",
    ":red[x] :material/home: :smile: :streamlit:",
    "$x^2$ `code` **b** _i_ ~~s~~ # 1.",
    "<img src=http://evil.example/b.png> <b>b</b> &amp;",
    "http://evil.example www.evil.example a@evil.example",
    "a -> b <- c -- d >= e",
]
PAGES = ["", "compare", "review", "data", "export"]


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    app = App(tmp_path_factory.mktemp("workspace"))
    yield app
    app.stop()


@pytest.fixture(scope="module")
def session(app):
    """A session on a data set, both with such names, as are its classes and who labelled."""
    folder = app.root / "set" / "<img src=x onerror=alert(1)>"
    for k in range(12):
        write(folder / f"{'![](http: evil.example)' if k else 'x'}{k}.png", encoded(picture(k)))
    app.post("data/imports", {"path": str(folder.parent), "name": NAMES[0]})
    while (state := app.get("data/imports"))["state"] == "running":
        pass
    session = app.post(f"data/sets/{state['set']}/open", {})["session"]
    app.store.rename(session, NAMES[1])
    for k, name in enumerate(NAMES[:4]):
        op = {"op_id": f"class-{k}", "kind": "class-add", "name": name[:40]}
        app.post(f"sessions/{session}/events", {"ops": [op]}, who=quote(NAMES[0]))
    app.label(session, [0, 1], 1, who=quote(NAMES[4]))
    for name in NAMES:
        app.store.create_session(name, data=state["set"], model="m2", n_examples=12, classes=("a",))
    return session


@pytest.fixture
def page(chromium, app):
    """A page that asks no other host, and obeys its own policy."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, bypass_csp=False)
    context.add_cookies([{"name": "ssvae_person", "value": quote(NAMES[4]), "url": app.url}])
    page = context.new_page()
    hosts, said = set(), []
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    assert hosts <= {"", f"127.0.0.1:{app.port}"}
    assert not [text for text in said if "Content Security" in text or "evil" in text]
    context.close()


MADE_OF_NAMES = [
    *('a[href*="evil.example/"]', 'a[href="http://evil.example"]', 'a[href^="mailto:"]'),
    *('img[src*="evil"]', 'img[src="x"]', ".katex"),
    '[data-testid="stMarkdownContainer"] :is(a, code, em, strong, del, img, h1)',
]


def assert_harmless(page):
    """No element of the page is what a name says."""
    assert {each: page.locator(each).count() for each in MADE_OF_NAMES} == dict.fromkeys(
        MADE_OF_NAMES, 0
    )


@pytest.mark.parametrize("at", PAGES)
def test_no_page_makes_anything_of_a_name(page, app, session, at):
    page.goto(f"{app.url}/{at}?session={session}")
    popover = page.locator(".st-key-session button")
    expect(popover).to_contain_text("[Log in](http:", timeout=60 * SECONDS)
    part = page.locator(f".st-key-{at or 'label'} .part")
    part.locator("button:visible").first.wait_for(timeout=60 * SECONDS)
    assert_harmless(page)
    popover.click()
    rows = page.locator(".st-key-session-list button p")
    expect(rows.first).to_be_visible()
    shown = "\n".join(rows.all_inner_texts()).replace("\u2060", "")
    assert [name for name in NAMES if name not in shown] == []
    assert_harmless(page)


@pytest.mark.parametrize(
    ("at", "name"), [("", NAMES[1]), ("review", NAMES[5]), ("data", NAMES[4]), ("export", NAMES[0])]
)
def test_an_error_shows_the_name_that_an_address_has(page, app, session, at, name):
    page.goto(f"{app.url}/{at}?session={quote(name)}")
    error = page.get_by_test_id("stAlert")
    expect(error).to_contain_text("There is no session", timeout=60 * SECONDS)
    assert error.count() == 1
    assert name in error.inner_text().replace("\u2060", "")
    assert_harmless(page)
    page.locator(".st-key-session-list button").first.click()
    page.wait_for_url(lambda url: "evil" not in url)
    expect(error).to_have_count(0)
