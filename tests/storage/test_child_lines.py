"""What a process says is read as it comes."""

import json
import os
import subprocess
import sys
import time

import pytest

from ssvae_core.errors import UserError
from ssvae_core.storage.child_lines import lines_of, told_apart


def test_lines_come_whole_and_between_them_who_reads_may_stop():
    out, into = os.pipe()
    with os.fdopen(out, "rb") as stream:
        os.write(into, b"one\ntwo")
        lines = lines_of(stream)
        assert next(lines) == "one"
        assert next(lines) == ""  # nothing new, and nobody waits for it
        os.write(into, " and more\nthe rest \xff".encode("latin-1"))
        assert next(lines) == "two and more"
        os.close(into)
        assert [line for line in lines if line] == ["the rest \ufffd"]


def share_in(line):
    try:
        return json.loads(line)["share"]
    except ValueError:
        return None


def told(code, **how):
    command = [sys.executable, "-c", code]
    return told_apart(command, dict(os.environ), 0.0, share_in, "It broke ({}).".format, **how)


SAYS = "import sys, time; say = lambda line: print(line, file=sys.stderr, flush=True); "


def test_progress_is_told_and_other_lines_are_its_last_word():
    code = SAYS + "say('{\"share\": 0.5}'); say('A warning'); say('{\"share\": 0.75}')"
    events = list(told(code))
    assert events[0] == 0
    assert sorted(set(events)) == [0, 0.5, 0.75]
    assert events[-1] == 0.75
    for exit_code, words in ((2, "Mend this"), (3, r"It broke \(Mend this\)")):
        ending = f"say('Mend this'); say('{{\"share\": 1}}'); sys.exit({exit_code})"
        with pytest.raises(UserError, match=f"^{words}"):
            list(told(SAYS + ending))
    with pytest.raises(UserError, match="exit code 4"):
        list(told("import sys; sys.exit(4)"))


@pytest.mark.parametrize("is_tied", [False, True])
def test_who_closes_it_ends_the_process(is_tied, monkeypatch):
    begun = []
    popen = subprocess.Popen
    monkeypatch.setattr(
        subprocess, "Popen", lambda *a, **k: begun.append(popen(*a, **k)) or begun[-1]
    )
    events = told(SAYS + "say('{\"share\": 0.5}'); time.sleep(60)", is_tied=is_tied)
    while next(events) != 0.5:
        pass
    start = time.monotonic()
    events.close()
    assert begun[0].returncode is not None
    assert time.monotonic() - start < 30
