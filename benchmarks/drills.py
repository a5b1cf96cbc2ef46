"""What breaks, breaks here on purpose: `python -m benchmarks.drills [--rounds 50] [--only NAME]`.

The real app on a workspace of its own, a session on MNIST with its trainer, and people who press
keys: each label is sent once at its moment and, as the page does, again until it is acknowledged.
Lost is what was acknowledged, or was still to be sent after the fault, and is not in the store in
the end. The table is benchmarks/results/drills.md; a drill that is run again replaces its row.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import platform
import re
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.app_process import ROOT, App, wait_until
from benchmarks.keeping import nobody_else_in, replace
from benchmarks.people import NO_ANSWER, People
from ssvae_core.storage.paths import LABEL_DATABASE

RESULTS = Path(__file__).parent / "results"
RATE = 20.0  # labels a second, of all people together, where a drill says nothing else
BEFORE, AFTER = 0.7, 0.8  # seconds under load before the fault, and with it
DAMAGES: dict[str, Callable[[Path], object]] = {
    "cut to a half": lambda path: os.truncate(path, path.stat().st_size // 2),
    "emptied": lambda path: os.truncate(path, 0),
    "its beginning overwritten": lambda path: overwrite(path),
}
FILES = (
    LABEL_DATABASE,
    "sessions/*/runs.json",
    "sessions/*/ck-*/arrays.safetensors",
    "sessions/*/ck-*/manifest.json",
    "app.lock",
)
# What is another in each round, and what is shown instead.
VARIABLE = (
    (r"process \d+, since [^)]+", "process N, since TIME"),
    (r"127\.0\.0\.1:\d+", "127.0.0.1:PORT"),
    (r"labels-\d+-\d+-\d+\.db, was made on [\d-]+ [\d:]+", "NAME, was made on TIME"),
    (r"holds [\d,]+ labels", "holds N labels"),
)


@dataclass
class Outcome:
    """A row of the table."""

    fault: str
    rounds: int = 0
    acknowledged: int = 0
    lost: int = 0
    seconds: list[float] = field(default_factory=list)  # until each acknowledgement
    seen: Counter[str] = field(default_factory=Counter)  # what the user was told, and how often

    def take(self, people: People, told: Counter[str] | None = None) -> None:
        """A round is over: what came of its labels."""
        self.rounds += 1
        people.send_again()
        self.acknowledged += len(people.seconds)
        self.lost += len(people.lost())
        self.seconds += people.seconds.values()
        self.seen += people.told + (told or Counter())


@dataclass
class Bench:
    """An app with a session, and how many rounds to do with it."""

    app: App
    session: str
    rounds: int

    def people(self, n: int = 1, rate: float = RATE) -> People:
        """So many people, who have pressed nothing yet."""
        return People(self.app, self.session, n, rate)

    def restart(self) -> None:
        """Start the app on the same workspace, with the session's trainer."""
        self.app.store.close()
        self.app.start()
        self.open()

    def open(self) -> None:
        """As a page does: the trainer starts."""
        self.app.get(f"sessions/{self.session}/state")

    def worker(self) -> int:
        """The process of the trainer, when it is there."""
        return int(wait_until(self.app.worker_pids, 60, "a trainer is there")[0])

    def signal_worker(self, number: signal.Signals) -> int:
        """Send it this, also where it has just been replaced: its process."""
        while True:
            pid = self.worker()
            with suppress(ProcessLookupError):
                os.kill(pid, number)
                return pid

    def message(self) -> str:
        """What the status line says of the trainer."""
        said = str(self.app.get(f"sessions/{self.session}/state?after=x")["trainer"]["message"])
        return said.replace(str(self.app.root), "WORKSPACE")


def killed_app(bench: Bench) -> Outcome:
    """Kill -9 of the app, under load; then it is started again."""
    outcome = Outcome("kill -9 of the app")
    for _ in range(bench.rounds):
        people = bench.people()
        with people.pressing():
            time.sleep(BEFORE)
            bench.app.kill()
            time.sleep(AFTER / 4)
        bench.restart()
        outcome.take(people)
    return outcome


def killed_worker(bench: Bench) -> Outcome:
    """Kill -9 of the trainer, under load; it is started again by itself."""
    outcome = Outcome("kill -9 of the trainer")
    for _ in range(bench.rounds):
        people, told = bench.people(), Counter[str]()
        with people.pressing():
            time.sleep(BEFORE)
            bench.signal_worker(signal.SIGKILL)
            time.sleep(AFTER)
            told[bench.message()] += 1
        if "resume training" in " ".join(told):  # killed too often: as the button does
            bench.app.post(f"sessions/{bench.session}/trainer", {"command": "resume"})
        outcome.take(people, told)
    return outcome


def stopped_worker(bench: Bench) -> Outcome:
    """SIGSTOP of the trainer: it is there, and takes nothing."""
    outcome = Outcome("stopped trainer (SIGSTOP)")
    for _ in range(bench.rounds):
        people = bench.people()
        with people.pressing():
            time.sleep(BEFORE)
            pid = bench.signal_worker(signal.SIGSTOP)
            try:
                time.sleep(5 * AFTER)
            finally:
                with suppress(ProcessLookupError):  # it was found to hang, and replaced
                    os.kill(pid, signal.SIGCONT)
        outcome.take(people)
    return outcome


def full_disk(bench: Bench) -> Outcome:
    """No file of the app may grow, by a limit of the system; then it may again."""
    outcome = Outcome("full disk")
    for _ in range(bench.rounds):
        people, pid = bench.people(), bench.app.process.pid
        with people.pressing():
            time.sleep(BEFORE)
            limits = resource.prlimit(pid, resource.RLIMIT_FSIZE)
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (512, limits[1]))
            try:
                time.sleep(AFTER)
            finally:
                resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)
        outcome.take(people)
    return outcome


def damaged_files(bench: Bench) -> Outcome:
    """A file is damaged while the app is away; where it refuses, a backup is restored."""
    outcome = Outcome("damaged files")
    cases = itertools.cycle(itertools.product(FILES, DAMAGES))
    for (pattern, damage), _ in zip(cases, range(bench.rounds), strict=False):
        people, told = bench.people(), Counter[str]()
        with people.pressing():
            time.sleep(BEFORE)
        bench.app.stop()
        for path in sorted(bench.app.root.glob(pattern))[-1:]:
            DAMAGES[damage](path)
        try:
            bench.restart()
        except AssertionError:
            told[last_line(bench.app)] += 1
            restore(bench.app)
            bench.restart()
        if message := bench.message():
            told[message] += 1
        outcome.take(people, told)
    return outcome


def two_apps(bench: Bench) -> Outcome:
    """A second app on the workspace is refused; when the first is killed it starts at once."""
    outcome = Outcome("a second app on the workspace")
    for _ in range(bench.rounds):
        people, told = bench.people(), Counter[str]()
        second = App(bench.app.root, is_started=False)
        with people.pressing():
            told[start_and_fail(second)] += 1
        bench.app.kill()
        bench.restart()
        outcome.take(people, told)
    return outcome


def few_people(bench: Bench) -> Outcome:
    """Five people, five labels a second each."""
    return load(bench, 5, 25.0)


def many_people(bench: Bench) -> Outcome:
    """Twenty people, a label a second each."""
    return load(bench, 20, 20.0)


def load(bench: Bench, n: int, rate: float) -> Outcome:
    """So many people at this rate together, a second a round."""
    outcome = Outcome(f"{n} people, {rate:g} labels a second")
    people = bench.people(n, rate)
    with people.pressing():
        time.sleep(bench.rounds)
    outcome.take(people)
    outcome.rounds = bench.rounds
    return outcome


DRILLS: dict[str, Callable[[Bench], Outcome]] = {
    "killed-app": killed_app,
    "killed-worker": killed_worker,
    "stopped-worker": stopped_worker,
    "full-disk": full_disk,
    "damaged-files": damaged_files,
    "two-apps": two_apps,
    "5-people": few_people,
    "20-people": many_people,
}


def overwrite(path: Path) -> None:
    """Other bytes where the file begins."""
    with path.open("r+b") as file:
        file.write(b"overwritten" * 100)


def last_line(app: App) -> str:
    """What the app said when it ended, without what is another in each round."""
    said = (app.root / "app.log").read_text(errors="replace").strip().splitlines()
    line = said[-1].replace(str(app.root), "WORKSPACE") if said else ""
    for what, word in VARIABLE:
        line = re.sub(what, word, line)
    return line


def start_and_fail(app: App) -> str:
    """What an app says that should not start."""
    try:
        app.start()
    except AssertionError:
        return last_line(app)
    app.kill()
    return "it started"


def restore(app: App) -> None:
    """The command that the sentence names."""
    command = [sys.executable, "-m", "ssvae_core", "restore"]
    environment = os.environ | app.environment
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)


@contextmanager
def bench_for(rounds: int) -> Iterator[Bench]:
    """An app on an empty workspace, its trainer at work."""
    with tempfile.TemporaryDirectory() as folder:
        app = App(Path(folder))
        try:
            bench = Bench(app, app.new_session().id, rounds)
            bench.open()
            bench.worker()
            yield bench
        finally:
            app.stop()


def row(outcome: Outcome) -> dict[str, object]:
    """An outcome as it is kept."""
    return {
        "fault": outcome.fault,
        "rounds": outcome.rounds,
        "acknowledged": outcome.acknowledged,
        "lost": outcome.lost,
        "median": statistics.median(outcome.seconds) if outcome.seconds else None,
        "slowest": max(outcome.seconds, default=None),
        "seen": [said for said, _ in outcome.seen.most_common() if said],
    }


def table(rows: list[dict[str, object]]) -> str:
    """The rows as Markdown."""
    head = "fault | rounds | labels acknowledged | lost | median | slowest | what the user saw"
    lines = [f"| {head} |", f"|{'---|' * 7}"]
    for each in rows:
        seen = each["seen"]
        assert isinstance(seen, list)
        cells = [
            *(each["fault"], each["rounds"], each["acknowledged"], each["lost"]),
            *(in_ms(each["median"]), in_ms(each["slowest"])),
            "<br>".join(said.replace("|", "/") for said in seen[:3]) or "nothing",
        ]
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines)


def in_ms(seconds: object) -> str:
    """13 ms."""
    return f"{1000 * seconds:.0f} ms" if isinstance(seconds, float) else "-"


def keep(found: dict[str, dict[str, object]], folder: Path) -> None:
    """Replace the rows of the drills that were run, and the table."""
    folder.mkdir(exist_ok=True)
    with nobody_else_in(folder):
        file = folder / "drills.json"
        rows = json.loads(file.read_text()) if file.exists() else {}
        rows = {name: (rows | found)[name] for name in DRILLS if name in rows | found}
        replace(file, json.dumps(rows, indent=1) + "\n")
        about = (
            "# Drills\n\n`python -m benchmarks.drills --rounds 50` breaks the real app on purpose "
            f'and writes this. "{NO_ANSWER}": the page keeps the label, and sends it again.\n\n'
        )
        machine = f"{platform.machine()}, {os.cpu_count()} cores, Python"
        end = f"\n\nLast run on {machine} {platform.python_version()}.\n"
        replace(folder / "drills.md", about + table(list(rows.values())) + end)


def main() -> None:
    """Run the drills, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=50, help="of each drill (50)")
    parser.add_argument("--only", choices=DRILLS, action="append", help="this one; repeatable")
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder of the table")
    arguments = parser.parse_args()
    for name in arguments.only or DRILLS:
        with bench_for(arguments.rounds) as bench:
            found = row(DRILLS[name](bench))
        print(table([found]), flush=True)
        keep({name: found}, arguments.out)


if __name__ == "__main__":
    main()
