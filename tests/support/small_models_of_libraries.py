"""Tiny models of the libraries that encoders come from, saved to a folder as people save them."""

import json

import torch
from safetensors.torch import save_file

from ssvae_core.encoders.library_models import loaded


def timm_folder(folder):
    """An EfficientNet of 48 pixels with a normalisation of its own."""
    timm = loaded("timm")
    from timm.models import save_for_hf

    torch.manual_seed(0)
    cfg = {"input_size": [3, 48, 48], "mean": [0.4, 0.5, 0.6], "std": [0.2, 0.2, 0.3]}
    model = timm.create_model("test_efficientnet", num_classes=5)
    model.pretrained_cfg.update(cfg)
    save_for_hf(model, folder, safe_serialization=True)
    return model.eval()


def open_clip_folder(folder):
    """A CLIP of 32 pixels, 24 features."""
    open_clip = loaded("open_clip")

    tower = {"width": 32, "layers": 1}
    config = {
        "embed_dim": 24,
        "vision_cfg": {**tower, "image_size": 32, "patch_size": 16, "head_width": 16},
        "text_cfg": {**tower, "context_length": 8, "vocab_size": 64, "heads": 2},
    }
    torch.manual_seed(0)
    model = open_clip.CLIP(**config)
    folder.mkdir(parents=True)
    save_file(model.state_dict(), folder / "open_clip_model.safetensors")
    see = {"size": 32, "mean": [0.4, 0.5, 0.6], "std": [0.2, 0.2, 0.3]}
    content = {"model_cfg": config, "preprocess_cfg": see}
    (folder / "open_clip_config.json").write_text(json.dumps(content))
    return model.eval()


def transformers_folder(folder):
    """A vision transformer of 32 pixels, 24 features, without a pooler of its own."""
    transformers = loaded("transformers")

    torch.manual_seed(0)
    config = transformers.ViTConfig(
        hidden_size=24,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        image_size=32,
        patch_size=16,
    )
    model = transformers.ViTModel(config, add_pooling_layer=False).eval()
    model.save_pretrained(folder)
    see = {"size": {"height": 32, "width": 32}, "image_mean": [0.4, 0.5, 0.6]}
    see |= {"image_std": [0.2, 0.2, 0.3], "rescale_factor": 1 / 255}
    (folder / "preprocessor_config.json").write_text(json.dumps(see))
    return model


FOLDERS = {
    "timm": timm_folder,
    "open_clip": open_clip_folder,
    "transformers": transformers_folder,
}
