"""Label: the map, what to label next, and what the model makes of it."""

from pages.components.frame import page
from pages.components.parts import label_part

with page() as session:
    label_part(session.id)
