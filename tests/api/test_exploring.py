"""The routes of the page that explores, without a trainer: what is asked wrongly is a sentence."""

import json
import struct

import numpy as np
import pytest

from ssvae_core.api.exploring import _described


@pytest.fixture
def base(workspace):
    return f"/api/sessions/{workspace.create('S', 'digits').id}/explore"


def test_arrays_come_behind_their_description_at_an_even_place():
    for n in range(4):
        array = np.arange(n, dtype=np.float16)
        data = _described({"n": "x" * n}, array, array)
        (length,) = struct.unpack("<I", data[:4])
        assert length % 2 == 0
        assert json.loads(data[4 : 4 + length]) == {"n": "x" * n}
        assert np.array_equal(np.frombuffer(data[4 + length :], "<f2"), np.tile(array, 2))


@pytest.mark.parametrize("address", ["decoder", "codes?space=code", "posterior?example=0"])
def test_without_a_trainer_it_says_so(client, base, address):
    answer = client.get(f"{base}/{address}")
    assert answer.status_code == 503
    assert "trainer" in answer.json()["error"]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"space": "code", "z": 3, "classes": [0]}, "a list 'z'"),
        ({"space": "code", "z": [3], "classes": [0]}, "rows"),
        ({"space": "code", "z": [[1, 2], [3]], "classes": [0, 0]}, "as many numbers"),
        ({"space": "code", "z": [["a"]], "classes": [0]}, "numbers below"),
        ({"space": "code", "z": [[1e9]], "classes": [0]}, "numbers below"),
        ({"space": "code", "z": [[1.0]], "classes": [99]}, "whole numbers from 0"),
        ({"space": "code", "z": [[1.0]], "classes": [0.5]}, "whole numbers from 0"),
    ],
)
def test_what_cannot_be_drawn_is_a_sentence(client, base, body, sentence):
    answer = client.post(f"{base}/decode", json=body)
    assert answer.status_code == 400
    assert sentence in answer.json()["error"]


def test_an_image_that_is_not_there_and_a_space_that_is_none_are_sentences(client, base):
    assert client.get(f"{base}/posterior?example=99999").status_code == 404
    assert "Unknown space" in client.get(f"{base}/codes?space=up").json()["error"]
