"""The pages of the app, in the order in which a person needs them."""

import streamlit as st

from pages.components.frame import HERE

PAGES = ["label", "explore", "learn", "compare", "review", "data", "export"]

st.set_page_config(page_title="SSVAE Lab", page_icon=HERE / "assets" / "icon.svg", layout="wide")
st.navigation(
    [st.Page(HERE / "pages" / f"{name}.py", title=name.capitalize()) for name in PAGES],
    position="top",
).run()
