"""Data: what to label, how images come in, and what an import took and left out."""

from pages.components.frame import page
from pages.components.parts import data_part

with page(needs_images=False) as session:
    data_part(session.id)
