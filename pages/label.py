"""Label: the map, what to label next, and what the model makes of it."""

from pages.components.desk import label_desk
from pages.components.frame import page

with page() as session:
    label_desk(session.id)
