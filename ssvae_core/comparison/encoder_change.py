"""A data set's images are seen by the encoder of the member that a session goes on with.

An encoder belongs to a data set: all sessions on it see by the new one, and labels stay. What the
former made of the images (map, graphs, features, an M1) is kept with the member that was in use,
and what the new one made comes from the member that takes its place, so that nothing is learned
twice, whichever way somebody goes.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from ..atlas.starter_folders import shipped, starter_of
from ..data import SOURCES, library
from ..encoders.wanted import wanted_encoder
from ..errors import Conflict, NotWritten
from ..session.encoder_files import forget_encoder
from ..session.session import Session
from ..session.workspace import Workspace
from ..storage.paths import ATLAS, OWN_STARTER, data_root
from ..storage.whole import whole_folder

MADE = "What the encoder made of the images"


def why_no_other_encoder(session: Session) -> str:
    """Why the images of a session cannot be seen by another encoder, or ""."""
    if session.row.data not in SOURCES:
        return ""
    return (
        f"{session.data.title} comes with the app and is always seen by what was learned of it. "
        "Import its images as a data set of your own to use this encoder."
    )


def see_by(
    workspace: Workspace, session: Session, encoder: str, its_folder: Path, folder_before: Path
) -> Session:
    """The session, opened again with this encoder; its trainer rests.

    `its_folder` is that of the member which sees so, `folder_before` of the one that was in use.
    UserError if the disk is full: nothing is changed.
    """
    if why := why_no_other_encoder(session):
        raise Conflict(why)
    data, root = session.data, workspace.root
    shared, own = starter_of(data, root), session.folder / OWN_STARTER
    copy_whole(own if (own / ATLAS).is_dir() else shared, folder_before / OWN_STARTER, MADE)
    library.set_encoder(session.row.data, encoder, data_root(root))
    if not wanted_encoder(workspace.dataset(session.row.data)):
        sessions = [row.id for row in workspace.sessions() if row.data == session.row.data]
        forget_encoder(data, root, sessions)
    if shipped(data) is None and (its_folder / OWN_STARTER / ATLAS).is_dir():
        copy_whole(its_folder / OWN_STARTER, shared, MADE)
        shutil.rmtree(own, ignore_errors=True)
    workspace.begin_anew(session.row.data)
    return workspace.session(session.row.id)


def copy_whole(folder: Path, to: Path, what: str, then: str = "") -> None:
    """A copy of a folder, if there is one.

    NotWritten if the disk is full: `what` could not be kept, and what `then` is so.
    """
    if not folder.is_dir():
        return
    try:
        with whole_folder(to) as scratch:
            shutil.copytree(folder, scratch, dirs_exist_ok=True)
    except OSError as error:
        raise NotWritten(
            f"{what} could not be kept: {error.strerror}. {then}Free some space."
        ) from error
