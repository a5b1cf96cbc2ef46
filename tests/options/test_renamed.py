"""Names of before are read under today's."""

from ssvae_core.options.renamed import RENAMED, renamed


def test_every_name_of_before_becomes_todays_at_any_depth_and_others_stay():
    found = {"model": "m2", "coached": True, "state": {"least": 0.2, "steps": {"coached": 1}}}
    assert renamed(found) == {
        "model": "m2",
        "with_teacher": True,
        "state": {"min_class_probability": 0.2, "steps": {"with_teacher": 1}},
    }
    assert found["coached"]  # what was given is as it was


def test_todays_names_are_nobodys_names_of_before():
    assert not RENAMED.keys() & set(RENAMED.values())
