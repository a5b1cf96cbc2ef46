"""Operations in words, as undo, redo and the list of all that was done name them."""

from __future__ import annotations

from .classes import ClassTable
from .history import Done

AS = {
    "label": "as {name}",
    "keep": "kept as {name}",
    "settle": "settled as {name}",
    "audit": "checked: {name}",
    "group": "as {name}, named as a group",
    "unsure": "as unsure",
    "junk": "as junk",
    "skip": "skipped",
    "clear": "without a label",
}
ON_CLASS = {
    "class-add": "new class {text}",
    "class-rename": "a class renamed to {text}",
    "class-colour": "another colour for {name}",
    "class-merge": "{name} merged into {other}",
    "class-delete": "{name} deleted",
    "class-order": "another order of the classes",
}


def in_words(done: Done, classes: ClassTable) -> str:
    """What was done: "82 images as 7", "image 7011 as junk", "new class cat"."""
    name = "" if done.label is None else classes.name(done.label)
    if done.kind in ON_CLASS:
        text = done.text or ""
        other = classes.name(int(text)) if done.kind == "class-merge" else ""
        return ON_CLASS[done.kind].format(name=name, text=text, other=other)
    n = len(done.examples)
    what = f"image {done.examples[0]}" if n == 1 else f"{n} images"
    return f"{what} {AS[done.kind].format(name=name)}"
