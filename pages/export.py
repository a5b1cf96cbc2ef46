"""Export: labels, guesses, the model and a report as files for other tools."""

from pages.components.export import export_desk
from pages.components.frame import page

with page() as session:
    export_desk(session.id)
