"""The kinds of export, by the name that the command line and the page have for them."""

from __future__ import annotations

from .cells import write_cells
from .coco import write_coco
from .features import write_features
from .folders import write_imagefolder
from .label_studio import write_label_studio
from .model import write_model, write_onnx
from .report import write_report
from .tables import write_csv, write_jsonl, write_parquet
from .writing import Format

FORMATS: dict[str, Format] = {
    "csv": Format("CSV", "a table with a row an example", write_csv, reads_back="labels.csv"),
    "jsonl": Format(
        "JSON Lines", "an object a line, for scripts", write_jsonl, reads_back="labels.jsonl"
    ),
    "parquet": Format(
        "Parquet",
        "a typed table, for pandas and DuckDB",
        write_parquet,
        reads_back="labels.parquet",
    ),
    "imagefolder": Format(
        "Image folder",
        "a folder for each class, for Hugging Face and torchvision, and a table of all labels",
        write_imagefolder,
        needs_images=True,
        only_with_class=True,
        reads_back="labels.csv",
    ),
    "coco": Format(
        "COCO",
        "the class as the category of each image; guesses in a file of results",
        write_coco,
        needs_images=True,
        reads_back="labels.json",
    ),
    "label-studio": Format(
        "Label Studio",
        "tasks with labels as annotations and guesses as pre-annotations",
        write_label_studio,
        needs_images=True,
        reads_back="tasks.json",
    ),
    "model": Format(
        "Model for PyTorch",
        "weights as safetensors, programs that torch alone can run, and a model card",
        write_model,
        needs_model=True,
    ),
    "anndata": Format(
        "AnnData",
        "an .h5ad with labels and guesses in obs and the model's latents in obsm, for scanpy",
        write_cells,
        needs_model=True,
    ),
    "features": Format(
        "Features",
        "what examples are compared by (pixels, M1, encoder, the model) as .npy and Parquet",
        write_features,
        needs_model=True,
    ),
    "onnx": Format(
        "Model as ONNX",
        "classifier, encoder and decoder for onnxruntime, and a model card",
        write_onnx,
        needs_model=True,
    ),
    "report": Format(
        "Report",
        "one page with map, samples, accuracy and classes, which opens without a network",
        write_report,
        needs_story=True,
    ),
}
