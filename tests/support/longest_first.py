"""The order in which test files begin."""

from pathlib import Path

# What takes longest comes first, or one process is at work in the end and the others wait for it.
LONGEST = (
    *("test_compare_page.py", "test_explore_moments.py", "test_explore_between.py"),
    *("test_learn_page.py", "test_explore_page.py"),
    *("test_two_hundred_actions.py", "test_photographs.py", "test_label_page.py"),
    *("test_label_page_panels.py", "test_label_page_layouts.py", "test_data_page.py"),
    *("trainer/test_core.py", "test_layout.py", "test_serving.py", "test_damaged_files.py"),
    *("models/test_base.py", "test_estimator.py", "test_package.py", "test_http.py"),
    *("test_source_process.py", "test_architecture.py", "test_drills.py", "test_fuzz_routes.py"),
    *("test_background_pretraining.py", "test_threads.py", "test_aae.py", "test_aae_map.py"),
)


def turn_of(path: Path) -> int:
    """Small for what comes first."""
    name, last = path.as_posix(), len(LONGEST)
    return next((turn for turn, end in enumerate(LONGEST) if name.endswith(f"/{end}")), last)
