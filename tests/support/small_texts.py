"""Small texts of three subjects, as tables and as a model that encodes them."""

import csv
import json

SUBJECTS = {
    "sea": ("harbour", "sailor", "anchor", "tide", "captain", "vessel", "wave", "lighthouse"),
    "kitchen": ("oven", "butter", "recipe", "flour", "saucepan", "pepper", "dough", "spoon"),
    "court": ("judge", "verdict", "lawyer", "witness", "appeal", "jury", "statute", "clerk"),
}


def texts(n_each=10):
    """Sentences and the subject of each: n_each of each, in turn."""
    rows = []
    for k in range(n_each):
        for subject, words in SUBJECTS.items():
            some = [words[(k + step * (1 + k // 8)) % 8] for step in range(4)]
            rows.append(
                (f"The {some[0]} and the {some[1]}, then {some[2]} near {some[3]} {k}.", subject)
            )
    return rows


def text_csv(folder, n_each=10, header=("text", "label"), encoding="utf-8"):
    path = folder / "texts.csv"
    with path.open("w", newline="", encoding=encoding) as file:
        csv.writer(file).writerows([header, *texts(n_each)])
    return path


def sentence_transformer_folder(folder, way="mean"):
    """A BERT of one layer, 16 features, with a vocabulary of our words; saved as people save it."""
    import torch

    from ssvae_core.encoders.library_models import loaded

    library = loaded("transformers")

    words = sorted({word for some in SUBJECTS.values() for word in some} | {"the", "and", "then"})
    folder.mkdir(parents=True)
    (folder / "vocab.txt").write_text(
        "\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *words])
    )
    tokenizer = library.BertTokenizer(str(folder / "vocab.txt"))
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    config = library.BertConfig(
        vocab_size=len(words) + 5, hidden_size=16, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=32, max_position_embeddings=32,
    )  # fmt: skip
    model = library.BertModel(config).eval()
    model.save_pretrained(folder)
    (folder / "1_Pooling").mkdir()
    pooling = {"pooling_mode_mean_tokens": way == "mean", "pooling_mode_cls_token": way == "first"}
    pooling |= {"pooling_mode_max_tokens": way == "max", "word_embedding_dimension": 16}
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(pooling))
    return model, tokenizer
