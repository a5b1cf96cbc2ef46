"""Where a person's things are kept: every folder and file of a workspace by name.

labels.db        what people said: labels/store.py
labels_moved.json  where they are since, if not there: labels/opening.py
backups/         copies of it, see labels/backup.py
app.lock         which app uses the workspace, see storage/lock.py
data/            imported data sets, a folder each; its files are in data/stored.py
features/         what image encoders made of images, a folder an encoder, by the images' content:
  <key>/<part>/     bundles, see encoders/feature_store.py
uploads/         files on their way from a browser
starters/        a data set's map and M1, by the images' fingerprint:
  m1/ atlas/ sight/   bundles: the M1, the map, the image encoder learned on the images
  graphs/<name>/      bundles: who is near whom, one by each space there is
  encoded/            a bundle: what a pretrained encoder makes of the images
  under-way/          a bundle: an M1 that is still to learn
  warming/            what its trainer writes while no session is open on the images
sessions/        a folder each:
  starter/            its own M1 and map, which go before the data set's
  ck-1-2000/          bundles: checkpoints of its trainer, see trainer/checkpoints.py
  samples/            what the model drew with few labels
  moments/            what was guessed and drawn with ever more labels, see session/moments.py
  dropped/            images that were dropped on its page, see session/dropped_images.py
  groups/             a bundle: groups that were proposed, see session/groups.py
  runs.json           what learned with which settings
  comparison/         models side by side, see comparison/plan.py: members.json, a bundle with
                      their labels, and of each member a folder
    at-100/             a bundle: what it says and draws after so many labels
    ck-1-2000/          its checkpoints
    used/               the session's own as it was when another member took its place
  worker.log          what the trainer's process printed
exports/         what was exported in the browser
lessons/         what lessons came to that were run here, see lessons/process.py
ended_logins.json  which logins have ended, see pages/components/logout.py

A bundle's files are in storage/bundles.py. Names stay as they are: old workspaces are opened.
"""

from __future__ import annotations

import os
from pathlib import Path

LABEL_DATABASE, BACKUPS, APP_LOCK = "labels.db", "backups", "app.lock"
LABELS_MOVED = "labels_moved.json"
ENDED_LOGINS = "ended_logins.json"
DATA, UPLOADS, STARTERS, SESSIONS, EXPORTS = "data", "uploads", "starters", "sessions", "exports"
FEATURES, LESSONS = "features", "lessons"

# In a starter's folder
M1, ATLAS, IMAGE_ENCODER, GRAPHS = "m1", "atlas", "sight", "graphs"
ENCODED = "encoded"  # the features of the data set
UNFINISHED_M1, BACKGROUND_PRETRAINING = "under-way", "warming"

# In a session's folder
OWN_STARTER, SAMPLES, RUNS, WORKER_LOG = "starter", "samples", "runs.json", "worker.log"
COMPARISON = "comparison"
MOMENTS, GROUPS = "moments", "groups"
DROPPED = "dropped"
CHECKPOINT, CHECKPOINTS = "ck-{}-{}", "ck-*-*"  # of a generation, after a step; and all of them

WRITING = ".writing-"  # how a folder is called while it is written; then it is renamed


def default_workspace() -> Path:
    """SSVAE_WORKSPACE, or the person's data folder."""
    from platformdirs import user_data_path

    named = os.environ.get("SSVAE_WORKSPACE")
    return Path(named) if named else user_data_path("ssvae-lab", appauthor=False)


def data_root(workspace: Path | None = None) -> Path:
    """Where the data sets of this workspace are."""
    return (workspace or default_workspace()) / DATA


def session_folder(workspace: Path, session_id: str) -> Path:
    """Where a session's own files are."""
    return workspace / SESSIONS / session_id


def workspace_of(folder: Path) -> Path:
    """The workspace in which a session's folder is, or a starter's that does not ship."""
    return folder.parent.parent


def aside_of(path: Path) -> Path:
    """Where something damaged is kept that was made anew."""
    return path.with_name(f".damaged-{path.name}")


def old_of(folder: Path) -> Path:
    """Where a folder waits while the new one takes its place."""
    return folder.with_name(f".old-{folder.name}")
