"""Explore: what the model has understood, drawn under the hand."""

from pages.components.frame import page
from pages.components.parts import explore_part

with page() as session:
    explore_part(session.id)
