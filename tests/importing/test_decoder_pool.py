"""Decoding in other processes: in order, and past one that is killed."""

import numpy as np

from ssvae_core.data.import_report import Skipped
from ssvae_core.importing.decoder import DecoderProcess
from ssvae_core.importing.decoder_pool import DecoderPool
from ssvae_core.importing.decoding import Decoded, decode
from ssvae_core.importing.items import Item
from ssvae_core.importing.pixel_policy import Policy
from tests.support.small_files import bad_files, encoded, picture, write

AS_IS = Policy(side=12, fit="resize", low=0, high=65535)


def test_a_process_decodes_as_this_one_does_and_in_order(tmp_path):
    files = [(name, content) for name, (content, _) in bad_files().items()]
    files.append(("good.png", encoded(picture(1, channels=3))))
    files.append(("path.png", write(tmp_path / "odd \udcff name.png", encoded(picture(2)))))
    process = DecoderProcess()
    try:
        found = process.decode(files, AS_IS)
    finally:
        process.close()
    for (name, content), outcome in zip(files, found, strict=True):
        here = decode(name, content, AS_IS)
        if isinstance(here, Skipped):
            assert outcome == here
        else:
            assert np.array_equal(outcome.pixels, here.pixels)
            assert outcome.digest == here.digest
            assert (outcome.height, outcome.facts) == (here.height, here.facts)


def test_a_decoder_that_is_killed_costs_one_file_at_most(monkeypatch):
    """Here: whenever a file of this name comes, the process is shot before it can answer."""
    real = DecoderProcess.decode

    def shot(self, files, policy):
        if any(name == "killer.png" for name, _ in files):
            self.kill()
        return real(self, files, policy)

    monkeypatch.setattr(DecoderProcess, "decode", shot)
    names = ["a.png", "killer.png", "b.png"]
    items = [Item(name, lambda: encoded(picture(1))) for name in names]
    pool = DecoderPool(1)
    try:
        ((_, a), (_, killer), (_, b)) = [
            pair for group in pool.outcomes(items, AS_IS) for pair in group
        ]
    finally:
        pool.close()
    assert killer == Skipped("killer.png", "broken", "the decoder crashed on it")
    assert isinstance(a, Decoded)
    assert isinstance(b, Decoded)
