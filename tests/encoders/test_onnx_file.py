import builtins
import json

import numpy as np
import onnx
import pytest
from onnx import TensorProto, numpy_helper

from ssvae_core.encoders import onnx_file as module
from ssvae_core.encoders.onnx_file import OnnxEncoder
from ssvae_core.encoders.preprocessing import MEAN, STD, middle_square
from ssvae_core.errors import TooLarge, UserError
from tests.support.small_encoders import photographs
from tests.support.small_onnx import WEIGHTS, onnx_file


@pytest.fixture
def images():
    return photographs(3, 20, 30)


def expected(images, side=224, mean=MEAN, std=STD, scale=255):
    squares = np.stack([middle_square(image, side) for image in images])
    return ((squares / scale - mean) / std).mean((1, 2)) @ WEIGHTS.T


def opened(path, **options):
    query = "&".join(f"{name}={value}" for name, value in options.items())
    return OnnxEncoder(f"{path}?{query}" if query else str(path))


def check(encoder, found):
    np.testing.assert_allclose(encoder, found, atol=1e-3 * np.abs(found).max())


def test_what_a_file_leaves_open_is_as_for_imagenet(tmp_path, images):
    encoder = opened(onnx_file(tmp_path / "a.onnx"))
    assert encoder.n_features == 5
    check(encoder.encode(images), expected(images))


@pytest.mark.parametrize("layout", ["NCHW", "NHWC"])
@pytest.mark.parametrize("n", ["batch", 1, 2])
def test_the_size_the_layout_and_the_number_at_once_are_the_files(tmp_path, images, layout, n):
    encoder = opened(onnx_file(tmp_path / "a.onnx", side=16, layout=layout, n=n))
    check(encoder.encode(images), expected(images, 16))


def test_pixels_go_as_they_are_into_a_network_of_bytes(tmp_path, images):
    encoder = opened(onnx_file(tmp_path / "a.onnx", side=16, kind=TensorProto.UINT8))
    check(encoder.encode(images), expected(images, 16, 0, 1, 1))


def test_half_precision_is_given_where_it_is_asked_for(tmp_path, images):
    encoder = opened(onnx_file(tmp_path / "a.onnx", side=16, kind=TensorProto.FLOAT16))
    check(encoder.encode(images), expected(images, 16))


def test_a_network_of_grey_images_gets_their_mean(tmp_path, images):
    encoder = opened(onnx_file(tmp_path / "a.onnx", side=16, channels=1), mean=0, std=1)
    grey = np.stack([middle_square(image, 16) for image in images]).mean((1, 2, 3)) / 255
    check(encoder.encode(images), grey[:, None] * WEIGHTS[:, 0])


OPTIONS = {"size": "24", "mean": "0.5", "std": "0.2,0.3,0.4", "scale": "127.5"}
GIVEN = {"side": 24, "mean": (0.5,) * 3, "std": (0.2, 0.3, 0.4), "scale": 127.5}


def test_options_are_taken_from_the_choice_from_beside_the_file_or_from_in_it(tmp_path, images):
    there = [onnx_file(tmp_path / "a.onnx"), onnx_file(tmp_path / "b.onnx", metadata=OPTIONS)]
    (tmp_path / "c.preprocess.json").write_text(json.dumps(OPTIONS))
    encoders = [
        opened(there[0], **OPTIONS),
        opened(there[1]),
        opened(onnx_file(tmp_path / "c.onnx")),
    ]
    for encoder in encoders:
        check(encoder.encode(images), expected(images, **GIVEN))
    nearer = opened(there[1], size=12)
    check(nearer.encode(images), expected(images, **{**GIVEN, "side": 12}))
    assert len({each.key for each in (*encoders, nearer, opened(there[0]))}) == 4


def test_a_preprocessor_config_is_read(tmp_path, images):
    config = {
        "crop_size": {"height": 24, "width": 24},
        "size": {"shortest_edge": 30},
        "image_mean": [0.5, 0.5, 0.5],
        "image_std": [0.2, 0.3, 0.4],
        "rescale_factor": 1 / 127.5,
    }
    (tmp_path / "preprocessor_config.json").write_text(json.dumps(config))
    encoder = opened(onnx_file(tmp_path / "a.onnx"))
    check(encoder.encode(images), expected(images, **GIVEN))
    (tmp_path / "preprocessor_config.json").write_text('{"do_normalize": false, "size": 24}')
    check(opened(tmp_path / "a.onnx").encode(images), expected(images, 24, 0, 1))


def test_of_several_outputs_the_pooled_one_is_taken_or_the_one_that_is_named(tmp_path, images):
    path = onnx_file(tmp_path / "a.onnx", outputs=("map", "last_hidden_state", "pooler_output"))
    check(opened(path).encode(images), 2 * expected(images))
    for output in ("map", "last_hidden_state"):
        check(opened(path, output=output).encode(images), expected(images))
    path = onnx_file(tmp_path / "b.onnx", outputs=("map", "columns"))
    with pytest.raises(UserError, match="several outputs: map, columns"):
        opened(path)
    with pytest.raises(UserError, match="no output 'x'"):
        opened(path, output="x")


def test_of_a_sequence_the_first_token_can_be_taken(tmp_path, images):
    path = onnx_file(tmp_path / "a.onnx", side=8, outputs=("last_hidden_state",))
    first = np.stack([middle_square(image, 8)[0, 0] for image in images])
    found = opened(path, pool="first").encode(images)
    check(found, ((first / 255 - MEAN) / STD) @ WEIGHTS.T)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"colour": "x"}, "Unknown option 'colour'"),
        ({"size": "large"}, "Expected size, mean"),
        ({"size": "0"}, "got size 0"),
        ({"size": "32"}, "Leave the size out"),
        ({"std": "0"}, "above 0"),
        ({"mean": "1,2"}, "Expected size, mean"),
        ({"scale": "nan"}, "finite"),
        ({"layout": "NHWC"}, "layout is NHWC"),
        ({"layout": "rows"}, "layout is ROWS"),
        ({"pool": "last"}, "Unknown pool"),
    ],
)
def test_an_option_that_does_not_fit_is_said(tmp_path, options, said):
    path = onnx_file(tmp_path / "a.onnx", side=16)
    with pytest.raises(UserError, match=said):
        opened(path, **options)


@pytest.mark.parametrize("content", [b"", b"no model", bytes(1000)])
def test_a_damaged_file_is_said(tmp_path, content):
    path = tmp_path / "a.onnx"
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"a\.onnx cannot be opened"):
        opened(path)
    path.write_bytes(onnx_file(tmp_path / "b.onnx").read_bytes()[:-40])
    with pytest.raises(UserError, match=r"a\.onnx cannot be opened"):
        opened(path)


def test_what_is_no_image_encoder_is_said(tmp_path):
    with pytest.raises(UserError, match="takes 2 inputs"):
        opened(onnx_file(tmp_path / "a.onnx", more_inputs=["input_ids"]))
    with pytest.raises(UserError, match="Expected images"):
        opened(onnx_file(tmp_path / "a.onnx", kind=TensorProto.INT64))
    with pytest.raises(UserError, match="Expected 1 or 3 channels"):
        opened(onnx_file(tmp_path / "a.onnx", side=16, layout="NHWC", channels=2))
    with pytest.raises(UserError, match="There is no file"):
        opened(tmp_path / "none.onnx")
    (tmp_path / "preprocessor_config.json").write_text("[1]")
    with pytest.raises(UserError, match="no JSON object"):
        opened(onnx_file(tmp_path / "a.onnx"))


def test_a_file_that_is_too_large_is_not_loaded(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MOST_BYTES", 10)
    with pytest.raises(TooLarge):
        opened(onnx_file(tmp_path / "a.onnx"))


def test_without_onnxruntime_the_sentence_says_how_to_get_it(tmp_path, monkeypatch):
    real = builtins.__import__

    def without(name, *arguments, **named):
        if name == "onnxruntime":
            raise ImportError(name)
        return real(name, *arguments, **named)

    path = onnx_file(tmp_path / "a.onnx")
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(UserError, match="pip install onnxruntime"):
        opened(path)


def test_its_key_says_what_the_file_holds_wherever_its_weights_lie(tmp_path):
    keys = []
    for change in (0, 1):
        model = onnx.load(onnx_file(tmp_path / "a.onnx", side=16))
        weights = numpy_helper.to_array(model.graph.initializer[0]) + change
        model.graph.initializer[0].CopyFrom(numpy_helper.from_array(weights, "weights"))
        outside = {"save_as_external_data": True, "location": "b.weights", "size_threshold": 80}
        onnx.save(model, tmp_path / "c.onnx")
        keys.append(opened(tmp_path / "c.onnx").key)
        (tmp_path / "b.weights").unlink(missing_ok=True)
        onnx.save(model, tmp_path / "b.onnx", **outside)
        keys.append(opened(tmp_path / "b.onnx").key)
    assert len(set(keys)) == 4
    assert opened(tmp_path / "b.onnx").key == keys[-1]


def test_a_question_mark_in_a_files_name_is_no_option(tmp_path, images):
    path = onnx_file(tmp_path / "a?size=3.onnx", side=16)
    check(opened(path).encode(images), expected(images, 16))


def test_a_file_in_ones_home_is_found(tmp_path, images, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    onnx_file(tmp_path / "a.onnx", side=16)
    check(OnnxEncoder("~/a.onnx?pool=mean").encode(images), expected(images, 16))
