"""A column that says where rows come from."""

import numpy as np
import pytest

from ssvae_core.errors import UserError
from ssvae_core.importing.import_data import Choice
from tests.importing.sources.test_csv_rows import FEATURES, WORDS, N, as_said, read_as, table
from tests.support.small_sources import taken_in

PLACES = np.array(["Bonn", "Rome"])[np.arange(N) % 2]
YEARS = 2020 + np.arange(N) % 2
HEADER = ["a", "b", "c", "label", "place", "year"]


@pytest.fixture
def path(tmp_path):
    return table(tmp_path, np.column_stack([FEATURES, WORDS, PLACES, YEARS]), HEADER)


def test_domains_are_offered_and_none_is_taken_unasked(path, root):
    data, report = taken_in(path, root)
    assert data.domain_names == ()
    assert read_as(report)["domain"] == ""
    (offered,) = [each["options"] for each in report.reading if each["name"] == "domain"]
    assert [name for name, _ in offered][:2] == ["", "place"]


def test_a_named_column_gives_the_domains(path, root):
    data, report = taken_in(path, root, as_said(domain="place"))
    assert [data.domain_names[k] for k in data.domains] == PLACES.tolist()
    assert report.domains == {"Bonn": 15, "Rome": 15}


def test_a_column_of_numbers_that_gives_domains_is_no_feature(path, root):
    data, _ = taken_in(path, root, as_said(domain="year"))
    assert data.columns.names == ("a", "b", "c")
    assert {*data.domain_names} == {"2020", "2021"}
    assert taken_in(path, root, Choice(n_processes=0), name="all")[0].columns.names[-1] == "year"


def test_a_column_that_is_not_there_is_told(path, root):
    with pytest.raises(UserError, match="'domain' can be none, place"):
        taken_in(path, root, as_said(domain="town"))
