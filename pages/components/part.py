"""Parts of a page that the browser draws: components that load a module from our own route."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

SCRIPT = """
export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".part")
  let isGone = false
  let cleanup = () => {}
  import(`${location.origin}/MODULE`).then(({ mount }) => {
    if (!isGone) cleanup = mount(root, data, (name) => setTriggerValue(name, true))
  })
  return () => { isGone = true; cleanup() }
}
"""


def part(name: str, module: str) -> Callable[..., Any]:
    """A component that mounts the module at this path; mount(root, data, fire) returns its removal.

    fire("log_out") in the browser calls what was given as on_log_out_change.
    """
    script = SCRIPT.replace("MODULE", module)
    return st.components.v2.component(name, html="<div class='part'></div>", js=script)
