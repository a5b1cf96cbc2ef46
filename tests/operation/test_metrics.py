"""Figures in Prometheus' text format, read back by a reader of its own."""

import re

import pytest

from ssvae_core.operation.metrics import BUCKETS, Family, RequestCounts, exposition

LINE = re.compile(r'(\w+)(?:\{((?:\w+="(?:[^"\\\n]|\\.)*",?)*)\})? (\S+)')


def read(text):
    """{(name, labels): value}, after a look that every line is one of the format."""
    found = {}
    for line in text.splitlines():
        if line.startswith("#"):
            assert re.fullmatch(
                r"# (HELP ssvae_\w+ .+|TYPE ssvae_\w+ (gauge|counter|histogram))", line
            )
            continue
        name, labels, value = LINE.fullmatch(line).groups()
        found[name, labels or ""] = float(value)
    return found


def test_requests_are_counted_in_cumulative_buckets():
    counts = RequestCounts()
    for seconds in (0.001, 0.2, 0.2, 99.0):
        counts.observe("GET", "/a/{b}", 200, seconds)
    counts.observe("GET", "/a/{b}", 404, 0.001)
    found = read(exposition(counts.families()))
    asked = 'method="GET",route="/a/{b}"'
    assert found["ssvae_requests_total", f'{asked},status="200"'] == 4
    assert found["ssvae_requests_total", f'{asked},status="404"'] == 1
    buckets = [
        found["ssvae_request_seconds_bucket", f'{asked},le="{end}"'] for end in (*BUCKETS, "+Inf")
    ]
    assert buckets == [2.0] * 5 + [4.0] * (len(BUCKETS) - 5) + [5.0]
    assert found["ssvae_request_seconds_count", asked] == 5
    assert found["ssvae_request_seconds_sum", asked] == pytest.approx(99.402)


@pytest.mark.parametrize("name", ['a "b"', "a\\b", "a\nssvae_forged 1"])
def test_nothing_in_a_label_ends_it(name):
    text = exposition([Family("x", "gauge", "Help\nme.", [({"session": name}, 1.0)])])
    assert len(text.splitlines()) == 3
    assert len(read(text)) == 1
