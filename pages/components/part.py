"""Parts of a page that the browser draws: components that load a module from our own route."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

SCRIPT = """
export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".part")
  let isGone = false
  let cleanup = () => {}
  import(`${location.origin}/MODULE`).then(({ mount }) => {
    if (!isGone) cleanup = mount(root, data)
  })
  return () => { isGone = true; cleanup() }
}
"""


def part(name: str, module: str) -> Callable[..., Any]:
    """A component that mounts the module at this path; mount(root, data) returns its removal."""
    script = SCRIPT.replace("MODULE", module)
    return st.components.v2.component(name, html="<div class='part'></div>", js=script)
