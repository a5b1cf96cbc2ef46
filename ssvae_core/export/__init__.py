"""Exports: labels and guesses, the model, and a report, each a folder of files.

content         what there is to export, apart from how a session keeps it
from_session    the same, taken from a session
rows            one row an example, a person's word and the model's guess apart
writing         what a format is, and what every format writes
images          the images' files, as they came or as smaller copies; file_names: what is safe
tables, folders, coco, label_studio, report, model, cells     the formats; FORMATS names them
run             an export: a folder that is whole or not there
reading         labels from a file (labels/label_files) onto the examples of a session
process         an export in a process of its own, for those that need torch

for progress in export(content_of(session), "csv", folder):
    print(progress.message)
"""

from __future__ import annotations

from .content import Labelled
from .formats import FORMATS
from .rows import IMAGES, WHATS, ExportOptions
from .run import export
from .writing import ExportProgress, Format

__all__ = [
    "FORMATS",
    "IMAGES",
    "WHATS",
    "ExportOptions",
    "ExportProgress",
    "Format",
    "Labelled",
    "export",
]
