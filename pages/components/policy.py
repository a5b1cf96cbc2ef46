"""What the app's own pages may load and do, as browsers are told: its Content-Security-Policy.

All comes from this server. Nothing is evaluated from text but what Streamlit's own page has in
itself: one script, named by its hash, and the modules that it makes of a component's JavaScript
(blob:).
"""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

from streamlit.file_util import get_static_dir

SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def content_policy() -> str:
    """The header's value."""
    page = (Path(get_static_dir()) / "index.html").read_text("utf-8")
    inline = " ".join(f"'sha256-{_digest(script)}'" for script in SCRIPT.findall(page))
    rules = {
        "default-src": "'self'",
        "script-src": f"'self' blob: {inline}",
        "style-src": "'self' 'unsafe-inline'",  # Streamlit writes its styles while it runs
        "img-src": "'self' blob: data:",
        "font-src": "'self' data:",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'self'",
    }
    return "; ".join(f"{name} {allowed}" for name, allowed in rules.items())


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
