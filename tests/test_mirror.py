"""Every module has its test file in the mirrored place, or is named here with what tests it."""

from pathlib import Path

import pytest

from tests.support.longest_first import LONGEST

TESTS = Path(__file__).parent
CORE = TESTS.parent / "ssvae_core"

# A module without a test file of its own: through which it is tested.
THROUGH = {
    "__main__.py": "test_serving.py",
    "errors.py": "cli/test_cli.py",  # nothing but a name
    "api/pretraining.py": "session/test_background_pretraining.py",
    "api/reviewing.py": "session/views/test_review.py",
    "session/views/drawing.py": "api/test_drawing.py",
    "session/views/columns.py": "api/test_columns.py",
    "session/views/moments.py": "api/test_moments.py",
    "atlas/starter_folders.py": "session/test_workspace.py",
    "cli/by_domain.py": "cli/test_domain.py",
    "cli/encoding.py": "cli/test_fit.py",
    "cli/options.py": "cli/test_fit.py",
    "cli/trial.py": "cli/test_fit.py",
    "comparison/comparison.py": "api/test_comparing.py",
    "comparison/encoder_change.py": "comparison/test_use.py",
    "comparison/menus.py": "api/test_comparing.py",
    "comparison/plan.py": "api/test_comparing.py",
    "comparison/process.py": "api/test_comparing.py",
    "comparison/resting.py": "api/test_comparing.py",
    "comparison/results.py": "comparison/test_training.py",
    "comparison/views.py": "api/test_comparing.py",
    "data/bundled.py": "data/test_dataset.py",
    "data/bundled_summary.py": "api/test_data_sets.py",
    "data/manifest.py": "data/test_library.py",
    "data/parts.py": "data/test_library.py",
    "data/python_library.py": "api/test_data_sets.py",
    "data/import_words.py": "importing/test_import_data.py",
    "decoding/interpreter.py": "models/test_drawing_program.py",
    "decoding/program.py": "models/test_drawing_program.py",
    "encoders/base.py": "encoders/test_contract.py",  # nothing but types
    "encoders/texts/base.py": "encoders/texts/test_contract.py",
    "export/accuracy.py": "api/test_exporting.py",
    "export/past_exports.py": "api/test_exporting.py",
    "export/report_domains.py": "session/views/test_domains.py",
    "export/report_page.py": "export/test_report.py",
    "export/run.py": "export/test_writing.py",
    "fitting/answers.py": "fitting/test_estimator.py",
    "fitting/checked_examples.py": "fitting/test_image_checks.py",
    "fitting/drawn_examples.py": "fitting/test_estimator.py",
    "fitting/fit.py": "cli/test_fit.py",
    "fitting/saved_estimator.py": "fitting/test_saved_fit.py",
    "fitting/seen.py": "fitting/test_array_encoder.py",
    "protocol/queries_of_spaces.py": "protocol/test_wire.py",  # nothing but types
    "importing/array_decoding.py": "importing/test_decoding.py",
    "importing/child.py": "importing/test_source_process.py",
    "importing/decoder.py": "importing/test_decoder_pool.py",
    "importing/draft_folder.py": "importing/test_draft.py",
    "importing/join_writer.py": "importing/test_joining.py",
    "importing/nothing_taken.py": "importing/test_import_data.py",
    "importing/progress.py": "importing/test_import_data.py",
    "importing/queue.py": "api/test_importing.py",
    "importing/row_file.py": "importing/test_draft.py",
    "importing/run.py": "importing/test_import_data.py",
    "importing/sources/folder_tree.py": "importing/test_folder_parts.py",
    "importing/sources/columns.py": "importing/sources/test_csv_rows.py",
    "importing/sources/h5ad_file.py": "importing/sources/test_h5ad.py",
    "importing/sources/obs_columns.py": "importing/sources/test_h5ad.py",
    "importing/sources/label_column.py": "importing/sources/test_csv_rows.py",
    "importing/sources/array_header.py": "importing/sources/test_arrays.py",
    "importing/sources/layout.py": "importing/sources/test_table.py",
    "importing/sources/pixels.py": "importing/sources/test_csv_rows.py",
    "importing/sources/column_words.py": "importing/sources/test_csv_rows.py",
    "importing/text_process.py": "importing/test_embedded_texts.py",
    "importing/uploads.py": "api/test_uploads.py",
    "labels/delimiter.py": "labels/test_delimited.py",
    "labels/encoding.py": "labels/test_delimited.py",
    "labels/header.py": "labels/test_delimited.py",
    "labels/label_files.py": "importing/test_label_lookup.py",
    "labels/label_rows.py": "labels/test_label_json.py",
    "labels/records.py": "labels/test_store.py",
    "labels/database.py": "labels/test_store.py",
    "labels/schema.py": "labels/test_store.py",
    "labels/wording.py": "api/test_labelling.py",
    "lessons/__main__.py": "lessons/test_shipped.py",
    "lessons/asked.py": "lessons/test_run.py",
    "lessons/lesson.py": "lessons/test_catalogue.py",
    "lessons/runs/adversary.py": "lessons/test_claims.py",
    "lessons/runs/beside.py": "lessons/test_claims.py",
    "lessons/runs/bound.py": "lessons/test_claims.py",
    "lessons/runs/collapse.py": "lessons/test_claims.py",
    "lessons/runs/density.py": "lessons/test_claims.py",
    "lessons/runs/ladder.py": "lessons/test_claims.py",
    "lessons/runs/next.py": "lessons/test_claims.py",
    "lessons/runs/poison.py": "lessons/test_claims.py",
    "lessons/runs/stack.py": "lessons/test_claims.py",
    "lessons/runs/style.py": "lessons/test_claims.py",
    "lessons/texts/adversary.py": "lessons/test_catalogue.py",
    "lessons/texts/beside.py": "lessons/test_catalogue.py",
    "lessons/texts/bound.py": "lessons/test_catalogue.py",
    "lessons/texts/collapse.py": "lessons/test_catalogue.py",
    "lessons/texts/density.py": "lessons/test_catalogue.py",
    "lessons/texts/ladder.py": "lessons/test_catalogue.py",
    "lessons/texts/next.py": "lessons/test_catalogue.py",
    "lessons/texts/poison.py": "lessons/test_catalogue.py",
    "lessons/texts/stack.py": "lessons/test_catalogue.py",
    "lessons/texts/style.py": "lessons/test_catalogue.py",
    "models/abstract_vae.py": "models/test_vae.py",
    "models/drawing_layers.py": "models/test_drawing_program.py",
    "operation/copy_file.py": "operation/test_workspace_restore.py",
    "options/catalogue.py": "options/test_options.py",
    "pretraining/batches.py": "pretraining/test_m1.py",
    "pretraining/m1_quick.py": "cli/test_fit.py",
    "trainer/m1_jobs.py": "trainer/test_autoencoder_m1.py",
    "pretraining/progress.py": "pretraining/test_m1.py",
    "protocol/arrays.py": "protocol/test_wire.py",
    "protocol/message_checks.py": "protocol/test_wire.py",
    "protocol/messages.py": "protocol/test_wire.py",
    "protocol/queries.py": "trainer/test_queries.py",
    "protocol/queries_from_elsewhere.py": "trainer/test_queries.py",
    "session/encoder_choice.py": "api/test_importing.py",
    "session/session.py": "api/test_labelling.py",
    "session/views/colours.py": "api/test_labelling.py",
    "session/views/labelling.py": "api/test_labelling.py",
    "session/views/texts.py": "api/test_texts.py",
    "session/views/state.py": "api/test_labelling.py",
    "trainer/encoding_job.py": "trainer/test_image_encoding.py",
    "trainer/pretraining_jobs.py": "trainer/test_image_encoding.py",
    "trainer/side_by_side.py": "comparison/test_training.py",
    "trainer/programs.py": "trainer/test_export_programs.py",
    "trainer/state.py": "trainer/test_core.py",
    "training/learned.py": "trainer/test_checkpoints.py",
    "training/prepared.py": "models/test_vfae.py",
    "worker/interface.py": "worker/test_loop.py",  # nothing but types
    "worker/worker.py": "worker/test_loop.py",
}


def modules():
    found = [path.relative_to(CORE) for path in CORE.rglob("*.py") if path.name != "__init__.py"]
    return sorted(found, key=str)


def mirrored(module):
    """Where its test file is: "models/m2.py" -> "models/test_m2.py"."""
    return module.with_name(f"test_{module.name}")


@pytest.mark.parametrize("module", modules(), ids=str)
def test_a_module_has_its_test_file_or_is_named_with_another_and_not_both(module):
    has_its_own = (TESTS / mirrored(module)).is_file()
    assert has_its_own != (str(module) in THROUGH)


@pytest.mark.parametrize(("module", "tests"), THROUGH.items())
def test_what_is_named_is_there(module, tests):
    assert (CORE / module).is_file()
    assert "def test_" in (TESTS / tests).read_text()


@pytest.mark.parametrize("name", LONGEST)
def test_what_comes_first_because_it_takes_longest_is_there(name):
    assert [path for path in TESTS.rglob("test_*.py") if path.as_posix().endswith(f"/{name}")]
