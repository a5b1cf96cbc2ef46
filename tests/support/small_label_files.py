"""Images and a file of their labels."""

import csv

FILES = ("a/1.png", "a/2.png", "b/1.png", "b/3.png")
SAID = {"a/1.png": "cat", "a/2.png": "dog", "b/1.png": "dog"}  # nothing of b/3.png


def as_csv(path):
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerows([["filename", "class"], *SAID.items()])
