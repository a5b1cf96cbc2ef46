"""The data or the export page, and what a person does with it."""

from __future__ import annotations

import zipfile

from tests.support.desk import LAB, SECONDS, Desk

DATA = "window.ssvaeData?.shelf"
EXPORT = "window.ssvaeExport?.exports"


class OwnPage(Desk):
    """The data or the export page."""

    def open(self):
        self.page.goto(f"{self.app.url}/data?session={self.session}")
        self.until(f"{DATA}?.all")

    def text(self, testid: str) -> str:
        return self.page.get_by_test_id(testid).inner_text().replace("\xa0", " ")

    def click(self, testid: str):
        self.page.get_by_test_id(testid).click()

    def read(self, name: str):
        """The report of this data set is on screen."""
        self.until(f"{DATA}.report?.name === '{name}' && !{DATA}.isBusy")

    def drop(self, path):
        """Drop what is at this path on the zone, as a file manager would."""
        box = self.page.get_by_test_id("zone").bounding_box()
        place = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
        data = {"items": [], "files": [str(path)], "dragOperationsMask": 1}
        devtools = self.page.context.new_cdp_session(self.page)
        for kind in ("dragEnter", "dragOver", "drop"):
            devtools.send("Input.dispatchDragEvent", {"type": kind, **place, "data": data})

    def to_label_page(self):
        """The map of the session that was opened is drawn."""
        self.page.wait_for_url("**/?session=*", timeout=60 * SECONDS)
        self.until(f"window.ssvaeLabel?.map.drawn > 0 && {LAB}?.xy && {LAB}?.focus !== null", 120)
        self.session = self.js(f"{LAB}.session")

    def to_export_page(self):
        self.page.goto(f"{self.app.url}/export?session={self.session}")
        self.until(f"{EXPORT}?.counted && {EXPORT}.all")

    def exported(self, name: str) -> zipfile.ZipFile:
        """Press Export for this format, then Download."""
        before = self.js(f"{EXPORT}.all.exports.length")
        self.click(f"format-{name}")
        self.click("export")
        self.until(f"{EXPORT}.all.exports.length === {before + 1} && !{EXPORT}.isWriting")
        with self.page.expect_download() as waiting:
            self.page.get_by_test_id("download").first.click()
        return zipfile.ZipFile(waiting.value.path())
