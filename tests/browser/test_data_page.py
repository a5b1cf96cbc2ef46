"""A person's own images in the browser: in by a folder or a drop, labelled, and out as files."""

from __future__ import annotations

import base64
import io
import zipfile

import numpy as np
import pandas
import pytest
from PIL import Image

from tests.support.desk import LAB, SECONDS
from tests.support.own_page import DATA, EXPORT
from tests.support.small_files import encoded, picture, write

N = 300


@pytest.fixture(scope="module")
def scans(tmp_path_factory):
    """300 small digits as files in ten folders, one of them twice, and a broken one."""
    from sklearn.datasets import load_digits

    folder = tmp_path_factory.mktemp("own") / "scans"
    pixels, answers = load_digits(return_X_y=True)
    for k in range(N):
        image = (pixels[k].reshape(8, 8) * (255 / 16)).astype(np.uint8)
        write(folder / str(answers[k]) / f"{k:03d}.png", encoded(image))
    write(folder / "0" / "again.png", (folder / "0" / "000.png").read_bytes())
    write(folder / "0" / "scan_0417.png", b"cut off")
    return folder


def test_an_empty_workspace_opens_on_mnist(chromium, app):
    page = chromium.new_page()
    page.goto(app.url)
    page.wait_for_function(f"{LAB}?.state", timeout=60 * SECONDS)
    assert page.evaluate(f"{LAB}.state.data.name") == "mnist"
    page.close()


def test_a_folder_is_dropped_learned_labelled_and_comes_out_as_files(own, scans):
    own.drop(scans)
    own.read("scans")
    assert f"{N} of {N + 2} files" in own.text("headline")
    assert own.text("figures").split("\n")[:4] == [str(N), "images", "8 × 8, grey", "as they are"]
    assert own.page.locator("[data-reason]").count() == 2
    own.page.locator("[data-reason=broken]").get_by_text("Show").click()
    own.page.get_by_text("0/scan_0417.png").wait_for()
    assert own.page.get_by_test_id("preview").locator(".preview-row").count() == 10

    own.until(f"{DATA}.learning?.message.includes('pass')", 90)  # nobody asked for it
    assert "no label is needed yet" in own.text("data-status")
    own.page.get_by_test_id("forming").wait_for()
    own.click("learning-wish")
    own.until(f"{DATA}.learning.state === 'stopped'")
    assert "opening the map goes on" in own.text("data-status")

    own.click("open-map")
    own.to_label_page()
    assert own.js(f"[{LAB}.state.data.n, ...{LAB}.state.data.shape]") == [N, 8, 8, 1]
    own.press("3", "4", "5")
    own.settled()
    given = own.stored()
    assert sorted(given.values()) == [3, 4, 5]

    own.to_export_page()
    own.click("what-labels")
    own.until(f"{EXPORT}.counted.guesses === 0 && {EXPORT}.counted.labels === 3")
    assert own.text("count") == f"3 of {N}"
    with own.exported("csv") as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".csv"))
        table = pandas.read_csv(archive.open(name), dtype={"label": str})
    assert {row.example: int(row.label) for row in table.itertuples()} == given
    with own.exported("imagefolder") as archive:
        images = [name for name in archive.namelist() if name.endswith(".png")]
        assert sorted(name.split("/")[-2] for name in images) == ["3", "4", "5"]
        for name in images:
            assert Image.open(io.BytesIO(archive.read(name))).size == (8, 8)


def test_a_zip_is_dropped_read_again_in_colour_renamed_and_deleted(own):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for k in range(6):
            archive.writestr(f"{'ab'[k % 2]}/{k}.png", encoded(picture(k)))
    own.page.get_by_test_id("zone").evaluate(
        """(zone, content) => {
          const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))
          const dataTransfer = new DataTransfer()
          dataTransfer.items.add(new File([bytes], "crops.zip"))
          zone.dispatchEvent(
            new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }))
        }""",
        base64.b64encode(file.getvalue()).decode(),
    )
    own.read("crops")
    assert "6 of 6 files" in own.text("headline")
    assert "Every file was taken" in own.text("skipped")

    own.click("channels-colour")
    own.until(f"{DATA}.report?.shape[2] === 3 && !{DATA}.isBusy")
    assert "12 × 12, colour" in own.text("figures")
    own.click("role-ignore")
    own.until(f"{DATA}.report.role === 'ignore' && {DATA}.report.preview.length === 1")

    name = own.js(f"{DATA}.shown")
    own.click(f"more-{name}")
    own.page.get_by_test_id("set-name").fill("Petri dishes")
    own.press("Enter")
    own.read("Petri dishes")
    own.click(f"more-{name}")
    own.click("delete-set")
    assert "go for good" in own.text("set-menu")
    own.click("delete-set")
    own.until(f"!{DATA}.set('{name}')")


def test_how_a_table_was_read_is_seen_and_changed_beside_the_preview(own, tmp_path):
    rows = [f"{k}.5,{k * k},{'ab'[k % 2]},{'xyz'[k % 3]}" for k in range(12)]
    own.drop(write(tmp_path / "cells.csv", "\n".join(rows).encode()))
    own.read("cells")
    assert "12 of 12 rows" in own.text("headline")
    own.page.get_by_test_id("read-header").select_option("first-row")
    own.until(f"{DATA}.report?.n === 11 && !{DATA}.isBusy")
    own.page.get_by_test_id("read-header").select_option("")
    own.until(f"{DATA}.report?.n === 12 && !{DATA}.isBusy")
    own.page.get_by_test_id("read-label").select_option("column 3")
    own.until(f"{DATA}.report?.class_names.join() === 'a,b' && !{DATA}.isBusy")
    assert own.page.get_by_test_id("preview").locator(".preview-row").count() == 2
    assert own.js(f"{DATA}.all.sets.filter(({{ name }}) => name === 'cells').length") == 1


def test_another_encoder_is_chosen_by_keyboard_and_a_wrong_one_is_refused_beside_it(own, tmp_path):
    for k in range(6):
        write(tmp_path / "photos" / f"{k}.png", encoded(picture(k, channels=3)))
    own.drop(tmp_path / "photos")
    own.read("photos")
    assert "ImageNet" in own.text("encoder-about")  # what auto means here
    own.page.get_by_test_id("encoder").focus()
    own.press("Enter", "ArrowDown", "ArrowDown", "Enter")
    own.until(f"{DATA}.report?.encoder.choice === 'contrastive'")
    assert "without labels" in own.text("encoder-about")

    own.click("encoder")
    own.click("encoder-onnx")
    own.page.get_by_test_id("encoder-argument").fill("/etc/clip.onnx")
    own.press("Enter")
    own.page.get_by_test_id("encoder-trouble").get_by_text("SSVAE_DATA_ROOTS").wait_for()
    assert own.js(f"{DATA}.report.encoder.choice") == "contrastive"


def test_a_path_that_may_not_be_read_is_refused_in_words(own):
    own.page.get_by_test_id("path").fill("/etc")
    own.click("read")
    own.page.get_by_test_id("trouble").get_by_text("SSVAE_DATA_ROOTS").wait_for()


def test_an_import_and_an_export_are_cancelled_and_leave_nothing(own, tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (60_000, 28, 28), np.uint8)
    np.savez(tmp_path / "noise.npz", images=pixels)
    own.drop(tmp_path / "noise.npz")
    own.until(f"{DATA}.job?.state === 'running'")
    own.click("cancel-import")
    own.until(f"{DATA}.job.state === 'cancelled' && !{DATA}.isBusy")
    assert not own.js(f"{DATA}.all.sets.some(({{ name }}) => name === 'noise')")

    own.app.label(own.session, [0], 5)
    own.to_export_page()
    own.until(f"{EXPORT}.counted.guesses > 0", 90)
    own.click("format-imagefolder")
    own.click("export")
    own.click("cancel-export")
    own.until(f"{EXPORT}.job?.state === 'cancelled'")
    assert own.js(f"{EXPORT}.all.exports.length") == 0
    assert own.page.get_by_test_id("export").is_enabled()


def test_without_an_audit_the_export_page_says_that_nobody_knows(own):
    own.app.label(own.session, [0], 5)
    own.app.label(own.session, [1], 0)
    own.to_export_page()
    own.until(f"{EXPORT}.counted.guesses > 0", 90)
    assert "How many of them are right is not known" in own.text("accuracy")
    all_of_them = own.js(f"{EXPORT}.counted.guesses")
    own.page.get_by_test_id("slider").fill("99")
    own.until(f"{EXPORT}.counted.guesses < {all_of_them}")
    assert own.text("confidence") == "99%"
    own.exported("report")
    with own.page.expect_popup() as waiting:
        own.click("open-report")
    report = waiting.value
    report.on("pageerror", lambda error: own.errors.append(str(error)))
    report.get_by_role("heading", level=1).wait_for()
    report.close()
    own.click("format-csv")
    own.page.get_by_text("Check some in Review").click()
    own.page.wait_for_url(f"**/review?session={own.session}")
