"""Review: how good it is, what is taken for what, and which labels may be wrong."""

from pages.components.frame import page
from pages.components.review import review_desk

with page() as session:
    review_desk(session.id)
