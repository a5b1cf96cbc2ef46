"""What is said of the files that an import took, and of those that it left out."""

from __future__ import annotations

# What is said of a file that was taken; {n} is how many.
FACTS = {
    "first-frame": "{n} are animated or have several pages: the first image of each was taken.",
    "turned": "{n} were turned upright as their EXIF data says.",
    "transparent": "{n} have transparent parts: they lie on white.",
    "disguised": "{n} are of another format than their names say; they were read by content.",
    "deep": "{n} are deeper than 8 bits: {low:g} became black and {high:g} white in all of them.",
    "scaled": "{n} hold small numbers: {low:g} became black and {high:g} white in all of them.",
    "clipped": "{n} of these have values outside {low:g} to {high:g}, which were clipped.",
}
# The same, of images in which nothing can be seen.
BLANK = {
    "black": "black all over",
    "flat": "of one colour all over",
}
# Why a file was skipped: its title, and what that means.
REASONS: dict[str, tuple[str, str]] = {
    "broken": ("Broken file", "cannot be read as an image"),
    "contradiction": ("Contradiction", "same pixels as an earlier file of another class"),
    "duplicate": ("Duplicate", "same pixels as an earlier file"),
    "not-image": ("Not an image", "left alone"),
    "other-format": ("Other format", "an image that has to be converted before it can be read"),
    "too-large": ("Too large", "more pixels or bytes than are read"),
    "no-permission": ("No permission", "the system refused to open it"),
    "missing": ("Not found", "what is named is not there"),
    "vanished": ("Vanished", "it was there at first, and gone when it was to be read"),
    "encrypted": ("Encrypted", "it needs a password"),
    "bad-row": ("Bad row", "values are missing, or are not numbers"),
}
STANDARDISED = (
    "Before a model learns, each column is standardised: its mean is subtracted, and it is divided "
    "by its standard deviation. What is shown is in the column's own units."
)
