"""What one process writes for another, damaged on its way or on the disk: an error of its kind."""

import json
import socket
import struct

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from ssvae_core.errors import UserError
from ssvae_core.options.options import FittingOptions
from ssvae_core.protocol.messages import MESSAGES, Labels, Open, Status, When
from ssvae_core.protocol.wire import Connection, ProtocolError, encode
from ssvae_core.storage.bundles import read_bundle, write_bundle
from tests.support.odd import FUZZ, as_json, changed, damaged, texts, values

SENT = [
    Open("ab12", 3, "mnist", "m1m2", {"z": 2}, 10, 0, "folder", "auto", "starter", "all"),
    Labels(3, 5, np.array([7, 9], np.int32), np.array([-1, 4], np.int16)),
    Status(3, "training", "CPU", 100, 56, 41.5, "", None, {"picture": -79.9}),
    When("labels", 10, 5.0),
]


def received(content):
    """What comes out of a socket into which these bytes went; None for a sentence."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(content)
        ours.shutdown(socket.SHUT_WR)
        try:
            return Connection(theirs, timeout=5).receive()
        except ProtocolError:
            return None


@examples(FUZZ, max_examples=100)
@given(data=st.data())
def test_damaged_bytes_are_a_message_or_an_error_of_the_protocol(data):
    whole = b"".join(bytes(part) for part in encode(data.draw(st.sampled_from(SENT))))
    found = received(data.draw(damaged(whole)))
    assert found is None or type(found).__name__ in MESSAGES


@examples(FUZZ, max_examples=150)
@given(data=st.data())
def test_any_header_is_a_message_or_an_error_of_the_protocol(data):
    (first, *rest) = encode(data.draw(st.sampled_from(SENT)))
    header = json.loads(bytes(first)[4:])
    text = as_json(data.draw(changed(header)))
    found = received(struct.pack("<I", len(text)) + text + b"".join(map(bytes, rest)))
    assert found is None or type(found).__name__ in MESSAGES


@examples(FUZZ, max_examples=50)
@given(config=st.dictionaries(st.sampled_from([*vars(FittingOptions()), "z"]) | texts, values))
@pytest.mark.parametrize("shape", [(28, 28, 1), (7,)])
def test_any_config_is_options_or_refused(shape, config):
    try:
        options, rest = FittingOptions.split(config, shape)
    except UserError:
        pass
    else:
        assert not set(vars(options)) & set(rest)


@examples(FUZZ, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_bundle_is_read_or_refused(tmp_path, data):
    folder = tmp_path / "bundle"
    write_bundle(folder, {"a": np.arange(6)}, {"format": 1, "n": 3})
    file = data.draw(st.sampled_from(sorted(path.name for path in folder.iterdir())))
    content = (folder / file).read_bytes()
    (folder / file).write_bytes(data.draw(damaged(content) | values.map(as_json)))
    try:
        arrays, _ = read_bundle(folder)
    except UserError:
        return
    np.testing.assert_array_equal(arrays["a"], np.arange(6))
