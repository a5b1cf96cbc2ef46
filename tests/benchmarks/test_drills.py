"""The drills break the real app, count what is lost, and write their table."""

import json
from collections import Counter

from benchmarks.drills import DRILLS, Outcome, bench_for, keep, row, table


def test_a_full_disk_and_a_second_app_are_drilled():
    with bench_for(1) as bench:
        full, second = row(DRILLS["full-disk"](bench)), row(DRILLS["two-apps"](bench))
    for found in (full, second):
        assert found["acknowledged"] > 10
        assert (found["rounds"], found["lost"]) == (1, 0)
    assert full["seen"][0].startswith("The label is NOT saved: the disk")
    assert second["seen"] == [
        "The workspace WORKSPACE is in use by another app at http://127.0.0.1:PORT "
        "(process N, since TIME). Go on there, or stop it first; or name another folder in "
        "SSVAE_WORKSPACE."
    ]


def test_a_row_says_what_was_lost_and_a_drill_that_is_run_again_replaces_its_own(tmp_path):
    seen = Counter({"no | answer": 3, "": 2})
    outcome = Outcome("kill -9 of the app", 2, 40, 1, [0.01, 0.02, 0.5], seen)
    found = row(outcome)
    assert "| kill -9 of the app | 2 | 40 | 1 | 20 ms | 500 ms | no / answer |" in table([found])
    keep({"full-disk": row(Outcome("full disk"))}, tmp_path)
    keep({"killed-app": found}, tmp_path)
    keep({"killed-app": found | {"lost": 0}}, tmp_path)
    rows = json.loads((tmp_path / "drills.json").read_text())
    assert [(name, each["lost"]) for name, each in rows.items()] == [
        ("killed-app", 0),
        ("full-disk", 0),
    ]
    written = (tmp_path / "drills.md").read_text()
    assert "`python -m benchmarks.drills --rounds 50`" in written
    assert "| full disk | 0 | 0 | 0 | - | - | nothing |" in written
