"""Data: what to label, how images come in, and what an import took and left out."""

from pages.components.data import data_desk
from pages.components.frame import page

with page() as session:
    data_desk(session.id)
