"""The report of a session: whole in one file, small, safe to open, and right."""

import base64
import json
import re
from dataclasses import replace

import numpy as np
import pytest

from ssvae_core.export import export
from ssvae_core.export.content import ClassInfo, Said, Samples
from ssvae_core.export.palette import DARK, LIGHT, ink_on, looks
from ssvae_core.export.report import REPORT_FILE
from ssvae_core.export.report_charts import _ticks, curve
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


def test_the_curve_rises_where_the_accuracy_does():
    found = re.search(r'points="([^"]+)"', curve([(10, 0.5), (20, 0.8), (50, 0.91)]))[1]
    xs, ys = zip(*[map(float, pair.split(",")) for pair in found.split()], strict=True)
    assert xs[0] < xs[1] < xs[2]
    assert ys[0] > ys[1] > ys[2]
    assert (xs[2] - xs[1]) / (xs[1] - xs[0]) == pytest.approx(3, rel=0.01)


@pytest.mark.parametrize(
    ("last", "ticks"), [(7, [0, 2, 4, 6]), (120, [0, 20, 40, 60, 80, 100, 120])]
)
def test_ticks_are_round_and_few(last, ticks):
    assert _ticks(last) == ticks


def test_every_class_has_a_glyph_of_its_own_and_the_eleventh_is_hollow():
    names = ["cat", "cow", "Cat 2", "dog", "7", "17", "🐈", "", *map(str, range(20, 26))]
    found = looks({3 * i: ClassInfo(name) for i, name in enumerate(names)})
    glyphs = [look.glyph for look in found.values()]
    assert len(set(glyphs)) == len(names)
    assert glyphs[:6] == ["C", "Co", "Ca", "D", "7", "17"]
    assert [look.is_hollow for look in found.values()] == [False] * 10 + [True] * 4
    assert found[30].light == found[0].light


def test_a_colour_that_a_person_chose_is_kept_in_both_themes():
    (look,) = looks({0: ClassInfo("a", "#123456")}).values()
    assert (look.light, look.dark, look.is_hollow) == ("#123456", "#123456", False)


@pytest.mark.parametrize("colour", [*LIGHT, *DARK])
def test_ink_is_readable_on_every_colour(colour):
    def luminance(text):
        parts = [int(text[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), parts, strict=True))

    one, other = sorted((luminance(colour), luminance(ink_on(colour))))
    assert (other + 0.05) / (one + 0.05) >= 4.3


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
