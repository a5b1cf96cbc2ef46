"""The model card: what the model was made of, how good it is by which figure, and what it is not.

Every figure says what it is computed from.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from ..data.stored import TEXT_ENCODER
from ..predictions import PROPAGATION
from .content import Accuracy, Labelled
from .rows import in_utc

FEW_LABELS = 20  # labels of a class, below which its figures say little


def card(content: Labelled, config: dict[str, Any], loader: str) -> str:
    """README.md of a model's folder."""
    title = content.session.replace("\n", " ")
    parts = [
        f"# The model of '{title}'",
        _what(content, config),
        "## Use",
        _use(config, loader),
        *_texts(content, config),
        "## Data",
        _data(content),
        "## Labels",
        _labels(content),
        "## How good it is",
        _figures(content, config),
        *_autoencoder(config),
        "## Limits",
        "\n".join(f"- {limit}" for limit in limits(content, config)),
    ]
    return "\n\n".join(parts) + "\n"


def _what(content: Labelled, config: dict[str, Any]) -> str:
    settings = ", ".join(f"{name} {value}" for name, value in config["settings"].items())
    return (
        f"`{config['model']}`, a semi-supervised variational autoencoder, after {config['step']:,} "
        f"steps, with the labels up to event {config['label_seq']} of session "
        f"{content.session_id}. Settings: {settings}. Written {in_utc(content.made_at)[:10]}."
    )


def _use(config: dict[str, Any], loader: str) -> str:
    shape = " x ".join(map(str, config["shape"]))
    scale = "pixels divided by 255" if len(config["shape"]) == 3 else "values as they come"
    needs = "torch and safetensors" if loader == "load.py" else "onnxruntime and numpy"
    worst = max(config["verified"].values(), default=0.0)
    beside = "x, photo" if config["photo_side"] else "x, features" if config["n_features"] else "x"
    more = (
        ", and `ssvae_core.trainer.export_programs.load_exported` gives the whole model where "
        "SSVAE Lab is installed"
        if loader == "load.py"
        else ""
    )
    return (
        f"```python\nfrom {loader.removesuffix('.py')} import load\n\n"
        f'probabilities = load("classifier")({beside})   # (n, K), as "classes" in config.json\n'
        'z = load("encoder")(x, y)               # (n, Z), the style\n'
        'x = load("decoder")(z, y)               # the example that z and y stand for\n'
        'x = load("sampler")(y, which, noise)    # a draw of class y\n```\n\n'
        f"`{loader}` needs {needs}, nothing else{more}. x is float32 of shape (n, {shape}), "
        f"{scale}; y is int64, the position of a class. A draw is around a "
        "code of an example of the class: which (n,) is int64, any numbers from 0, and says of "
        f"which example, noise is float32 of shape (n, {config['noise_dim']}), from N(0, 1). "
        f"{_seen(config)}When these files were "
        "written, their numbers were compared with the model's on examples of the data: they "
        f"differ by {worst:.0e} at most."
    )


def _texts(content: Labelled, config: dict[str, Any]) -> list[str]:
    """How a text becomes what the model takes."""
    if content.texts is None:
        return []
    opens = (
        "from pathlib import Path\n"
        "from ssvae_core.encoders.texts.tfidf import TfidfEncoder\n\n"
        f'encoder = TfidfEncoder.load(Path("{TEXT_ENCODER}"))'
        if content.text_encoder_file is not None
        else "from ssvae_core.encoders.texts import open_text_encoder\n\n"
        f'encoder = open_text_encoder("{content.text_encoder}")'
    )
    also = " The features are the same numbers." if config["n_features"] else ""
    return [
        "The examples are texts, and the model takes their embedding: embed a text first, where "
        f"SSVAE Lab is installed, by the same encoder.{also}\n\n```python\n{opens}\n"
        "x = encoder.encode(texts)   # (n, D) float32\n```\n\n"
        "The decoder and the sampler give an embedding; from there is no way back to words. The "
        "text of the data whose embedding is nearest can stand for it."
    ]


def _seen(config: dict[str, Any]) -> str:
    """What the classifier takes beside x, where it tells classes from an encoder's features."""
    if side := config["photo_side"]:
        return (
            f"The classifier sees the original too: photo is float32 of shape (n, {side}, {side}, "
            "3), the middle square of an image, resized (bicubic), in colour, pixels divided by "
            f"255; x is the whole of it, stretched. The encoder `{config['encoder']}` is in the "
            "files. "
        )
    if config["n_features"]:
        return (
            f"features is float32 of shape (n, {config['n_features']}): what the encoder "
            f"`{config['encoder']}` (`{config['encoder_key']}`) gives for the original, as it "
            "gives it. That encoder is not in this folder. "
        )
    return ""


def _autoencoder(config: dict[str, Any]) -> list[str]:
    """Whose weights the model draws by, where they are of an autoencoder from elsewhere."""
    if not (config["m1"] or {}).get("key"):
        return []
    m1 = config["m1"]
    told = (
        f"It draws by the pretrained autoencoder `{m1['name']}` (`{m1['key']}`), which is in these "
        "files and was not trained here. "
    )
    if not m1["licence"]:
        told += (
            "No licence came with it: find out whether you may pass it on before you pass on these "
            "files."
        )
        return ["## The autoencoder", told]
    quoted = "\n".join(f"> {line}".rstrip() for line in m1["licence"].strip().splitlines())
    return ["## The autoencoder", f"{told}Its licence, which goes with it:", quoted]


def _data(content: Labelled) -> str:
    return (
        f"{content.title} (`{content.data}`, fingerprint `{content.fingerprint}`): "
        f"{len(content):,} {'images' if content.is_images else 'vectors'}, nearly all without a "
        "label; the model learned from these too. They are not in this folder, but the sampler's "
        "codes are of some of them, and could be drawn."
    )


def _labels(content: Labelled) -> str:
    counts = Counter(said.label for said in content.said.values() if said.label is not None)
    states = Counter(said.state for said in content.said.values() if said.state is not None)
    people = sorted({said.annotator for said in content.said.values() if said.annotator})
    lines = ["| class | labels |", "|---|---|"]
    lines += [f"| {_plain(each.name)} | {counts[k]} |" for k, each in content.classes.items()]
    others = ", ".join(f"{n} {state}" for state, n in states.items())
    by = f" by {', '.join(map(_plain, people))}" if people else ""
    more = f" Besides, {others}." if others else ""
    return f"{sum(counts.values())} labels given{by}.{more}\n\n" + "\n".join(lines)


def _plain(text: str) -> str:
    """Text in a cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")


def _figures(content: Labelled, config: dict[str, Any]) -> str:
    lines = []
    if content.audit is not None:
        lines.append(f"- Audit: {in_words(content.audit)} of random examples that a person checked "
                     "without seeing the guess.")  # fmt: skip
    if content.truth is not None:
        lines.append(f"- Against hidden true labels: {in_words(content.truth)} examples without a "
                     "label.")  # fmt: skip
    if not lines:
        lines.append(
            "- No figure. It needs an audit: on the page Review, check some random examples."
        )
    lines.append(
        "- These figures are of the guesses shown in the app, in which the model speaks together "
        "with labels propagated to neighbours. The exported classifier is the model alone."
    )
    if content.guesses is not None and content.guesses.predicted_by == PROPAGATION:
        lines.append(
            "- **At this point the app did not let the model speak**: it did not yet agree with "
            "propagation where that is sure. Expect the exported classifier to be worse."
        )
    return "\n".join(lines)


def in_words(found: Accuracy) -> str:
    """An estimate with its interval and its number."""
    interval = ""
    if found.low is not None and found.high is not None:
        interval = f" (95 % interval {found.low:.1%} to {found.high:.1%})"
    return f"{found.accuracy:.1%} right{interval}, of {found.n:,}"


def limits(content: Labelled, config: dict[str, Any]) -> list[str]:
    """What a user of the model must know, from what there is to know."""
    counts = Counter(said.label for said in content.said.values() if said.label is not None)
    few = [_plain(each.name) for k, each in content.classes.items() if 0 < counts[k] < FEW_LABELS]
    none = [_plain(each.name) for k, each in content.classes.items() if not counts[k]]
    found = [
        "It knows these classes only, and gives every input one of them, however strange.",
        "It learned from one data set. Other cameras, scales or crops are another data set.",
        "Its confidence is not calibrated; it was not tested for fairness or safety.",
    ]
    if few:
        found.append(f"Fewer than {FEW_LABELS} labels, so hardly known: {', '.join(few)}.")
    if none:
        found.append(f"Without a label, so never guessed: {', '.join(none)}.")
    if config["model"].startswith("aae"):
        found.append("An adversarial autoencoder has no density: it cannot tell likely from not.")
    return found
