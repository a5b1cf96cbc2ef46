"""Figures in the text that Prometheus reads: families of samples, and requests as they come.

The format is its text format 0.0.4: a HELP and a TYPE line a family, a line a sample.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
# Seconds: upper ends of the histogram's buckets, around what a label is to be acknowledged within.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

Labels = Mapping[str, str]


@dataclass(frozen=True)
class Family:
    """A figure: its name without the prefix, what it says, and a value for each set of labels."""

    name: str
    kind: str  # gauge, counter or histogram
    help: str
    samples: Sequence[tuple[Labels, float]]
    suffixes: Sequence[str] = field(default=())  # of a histogram, one a sample

    def lines(self) -> Iterable[str]:
        """As Prometheus reads it."""
        full = f"ssvae_{self.name}"
        yield f"# HELP {full} {_escaped(self.help, quotes=False)}"
        yield f"# TYPE {full} {self.kind}"
        suffixes = self.suffixes or [""] * len(self.samples)
        for suffix, (labels, value) in zip(suffixes, self.samples, strict=True):
            told = ",".join(f'{name}="{_escaped(text)}"' for name, text in labels.items())
            yield f"{full}{suffix}{{{told}}} {value!r}" if told else f"{full}{suffix} {value!r}"


def exposition(families: Iterable[Family]) -> str:
    """All of them as one text."""
    return "".join(f"{line}\n" for family in families for line in family.lines())


class RequestCounts:
    """How many requests came to each route, with which status, and how long they took."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answers: dict[tuple[str, str, int], int] = {}
        self._seconds: dict[tuple[str, str], list[float]] = {}  # counts a bucket, then the sum

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one; `route` is its pattern, so that no session makes a figure of its own."""
        at = next((k for k, end in enumerate(BUCKETS) if seconds <= end), len(BUCKETS))
        with self._lock:
            answered = method, route, status
            self._answers[answered] = self._answers.get(answered, 0) + 1
            counts = self._seconds.setdefault((method, route), [0.0] * (len(BUCKETS) + 2))
            counts[at] += 1
            counts[-1] += seconds

    def families(self) -> list[Family]:
        """What was counted so far."""
        with self._lock:
            answers = dict(self._answers)
            seconds = {key: list(counts) for key, counts in self._seconds.items()}
        counted = [
            ({"method": method, "route": route, "status": str(status)}, float(n))
            for (method, route, status), n in sorted(answers.items())
        ]
        samples: list[tuple[Labels, float]] = []
        suffixes: list[str] = []
        for (method, route), counts in sorted(seconds.items()):
            asked, so_far = {"method": method, "route": route}, 0.0
            for end, n in zip([*map(str, BUCKETS), "+Inf"], counts[:-1], strict=True):
                so_far += n
                samples.append(({**asked, "le": end}, so_far))
                suffixes.append("_bucket")
            samples += [(asked, counts[-1]), (asked, so_far)]
            suffixes += ["_sum", "_count"]
        return [
            Family("requests_total", "counter", "Requests answered, by route and status.", counted),
            Family(
                *("request_seconds", "histogram", "Seconds until a request was answered."),
                samples,
                suffixes,
            ),
        ]


def _escaped(text: str, quotes: bool = True) -> str:
    """A text in which nothing ends the line or the label."""
    found = text.replace("\\", "\\\\").replace("\n", "\\n")
    return found.replace('"', '\\"') if quotes else found
