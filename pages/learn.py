"""Learn: ten lessons on what the model does, and the notes for whoever teaches them."""

import streamlit as st

from pages.components.frame import page
from pages.components.notes import teaching_notes
from pages.components.parts import learn_part

with page(needs_images=False) as session:
    if "notes" in st.query_params:
        teaching_notes(session.id)
    else:
        learn_part(session.id)
