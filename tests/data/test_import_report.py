"""The report of an import."""

import json

from ssvae_core.data.import_report import Report
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
