"""Compare: several models on the same labels, side by side, and which one to use."""

from pages.components.frame import page
from pages.components.parts import compare_part

with page() as session:
    compare_part(session.id)
