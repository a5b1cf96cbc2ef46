"""Exports written to a folder, and read again."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from ssvae_core.export import FORMATS, ExportOptions, export

LIGHT = [name for name, kind in FORMATS.items() if not kind.needs_model]


def written(content, name, folder, **options):
    """The folder of an export."""
    *_, last = export(content, name, folder, ExportOptions(**options))
    assert last.done == folder
    return folder


text = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)


slow = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
