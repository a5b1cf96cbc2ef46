"""The report of a session: whole in one file, small, safe to open, and right."""

import base64
import json
import re
from dataclasses import replace

import numpy as np

from ssvae_core.export import export
from ssvae_core.export.content import ClassInfo, Said, Samples
from ssvae_core.export.palette import DARK
from ssvae_core.export.report import REPORT_FILE
from tests.support.small_export import IDS, NAMES, small_content


def report_of(content, folder):
    """The text of the file."""
    list(export(content, "report", folder / "out"))
    return (folder / "out" / REPORT_FILE).read_text("utf-8")


def points_in(text):
    return json.loads(re.search(r'id="points"[^>]*>(.*?)</script>', text, re.S)[1])


def unpacked(text, dtype):
    return np.frombuffer(base64.b64decode(text), dtype)


def test_nothing_in_it_is_fetched_from_anywhere(tmp_path):
    text = report_of(small_content(), tmp_path)
    addresses = re.findall(r"""(?:src|href|url)\s*[=(]\s*["']?([^"')\s>]+)""", text)
    assert addresses
    assert all(address.startswith("data:image/png;base64,") for address in addresses)
    assert "http:" not in text
    assert "https:" not in text
    assert "default-src 'none'" in text


def test_names_that_look_like_html_are_only_shown(tmp_path):
    evil = '</script><img src=x onerror="alert(1)">'
    content = small_content(session=evil, title=evil, classes={0: ClassInfo(evil)})
    content = replace(content, said={0: Said(0, annotator=evil)}, story=content.story)
    content = replace(content, story=replace(content.story, matrix=None, settings={evil: evil}))
    text = report_of(content, tmp_path)
    assert "<img src=x" not in text
    assert text.count("</script>") == 2
    assert "&lt;/script&gt;&lt;img src=x" in text


def test_the_map_holds_every_point_with_a_persons_word_before_the_guess(tmp_path):
    content = small_content()
    found = points_in(report_of(content, tmp_path))
    xy = unpacked(found["xy"], "<u2").reshape(-1, 2) / 65535
    assert np.allclose(xy, content.story.xy, atol=1e-5)
    kinds = unpacked(found["kinds"], np.uint8)
    for i in range(24):
        said = content.said.get(i)
        if said is None:
            expected = IDS.index(content.guesses.classes[i])
        else:
            expected = 255 if said.label is None else IDS.index(said.label)
        assert kinds[i] == expected
    labelled = unpacked(found["labelled"], "<u4").tolist()
    assert labelled == [i for i, said in content.said.items() if said.label is not None]
    assert len(found["classes"]) == len(NAMES)


def test_figures_say_where_they_come_from(tmp_path):
    text = report_of(small_content(), tmp_path)
    assert "<b>90.0%</b>" in text
    assert "Audit: 90.0% right (95 % interval 70.0% to 97.0%), of 20 random ones" in text
    assert "Answer key: 88.0% right, of 24 without a label, by hidden true labels." in text
    assert "<b>7 labels</b>" in text
    assert "Rows: hidden true labels. Columns: guesses." in text
    assert "12.840" in text


def test_without_figures_it_says_what_they_need(tmp_path):
    content = small_content(audit=None, truth=None, guesses=None, said={})
    story = replace(content.story, samples=(), curve=(), matrix=None)
    text = report_of(replace(content, story=story), tmp_path)
    assert "It needs an audit" in text
    assert "has no hidden true labels" in text
    assert "No model yet" in text
    assert "Nothing was drawn yet" in text
    assert "Too few points for a curve" in text
    assert "nothing to compare" in text


def test_sixty_thousand_points_stay_far_below_ten_megabytes(tmp_path):
    n, rng = 60_000, np.random.default_rng(0)
    content = small_content(n, values=np.zeros((n, 1, 1, 1), np.uint8))
    many = {i: Said(IDS[i % 4]) for i in range(0, n, 30)}
    samples = Samples("now", rng.integers(0, 255, (8, 3, 64, 64, 3), np.uint8))
    story = replace(content.story, samples=(samples,) * 3)
    text = report_of(replace(content, said=many, story=story), tmp_path)
    assert len(text) < 3_000_000


def test_a_browser_opens_it_without_a_network_and_draws_the_map(tmp_path):
    from playwright.sync_api import sync_playwright

    from benchmarks.browser import find

    text = report_of(small_content(), tmp_path)
    assert text
    asked, wrong = [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 900}, color_scheme="dark")
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: wrong.append(message.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto((tmp_path / "out" / REPORT_FILE).as_uri())
        colours = (
            "() => { const c = document.getElementById('map'), d = c.getContext('2d')"
            ".getImageData(0, 0, c.width, c.height).data; const seen = new Set();"
            "for (let i = 0; i < d.length; i += 4) if (d[i + 3] === 255)"
            " seen.add(d[i] << 16 | d[i + 1] << 8 | d[i + 2]); return [...seen]; }"
        )
        page.wait_for_function(f"({colours})().length > 3")
        found = set(page.evaluate(colours))
        assert {int(colour[1:], 16) for colour in DARK[:4]} <= found
        page.click(".chip >> nth=1")
        assert int(DARK[0][1:], 16) not in set(page.evaluate(colours))
        wrong = [words for words in wrong if "willReadFrequently" not in words]  # our own looking
        assert page.evaluate("document.documentElement.scrollWidth") <= 1440
        browser.close()
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert wrong == []
