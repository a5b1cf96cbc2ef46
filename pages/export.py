"""Export: labels, guesses, the model and a report as files for other tools."""

from pages.components.frame import page
from pages.components.parts import export_part

with page() as session:
    export_part(session.id)
