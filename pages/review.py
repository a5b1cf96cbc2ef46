"""Review: how good it is, what is taken for what, and which labels may be wrong."""

from pages.components.frame import page
from pages.components.parts import review_part

with page() as session:
    review_part(session.id)
