"""The report of an import."""

import csv
import io
import json

import pytest

from ssvae_core.csv_cells import marked
from ssvae_core.data.import_report import Report, Skipped
from ssvae_core.data.library import report_of
from tests.support.small_files import write_bad_files
from tests.support.small_imports import folder_of_classes, take_in


def test_a_report_comes_back_from_its_file(tmp_path, root):
    folder_of_classes(tmp_path / "in")
    write_bad_files(tmp_path / "in")
    imported = take_in(tmp_path / "in", root)
    again = report_of("scans", root)
    assert again == imported.report
    assert Report.from_json(json.loads(json.dumps(again.to_json()))) == again


@pytest.mark.parametrize("name", ["=HYPERLINK(1).png", "a;=1+1.png", "\uff1d1.png", " @x.png"])
def test_no_cell_of_a_report_is_a_formula(name):
    report = Report()
    report.skip(Skipped(name, "broken", f"{name} is no image"))
    _, row = csv.reader(io.StringIO(report.as_csv()))
    assert row == [marked(name), "Broken file", marked(f"{name} is no image")]
    assert row[0] != name
