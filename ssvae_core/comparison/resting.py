"""The session's own model rests while others are compared with it; labels are saved meanwhile."""

from __future__ import annotations

from contextlib import suppress

from ..errors import UserError
from ..session.trainer_client import Trainer

RESTS = "The model rests while others are compared with it. Labels are saved and spread at once."


class Rest:
    """Of one training of a comparison. Who resumes the session meanwhile has both at once."""

    def __init__(self) -> None:
        self._has_paused = False

    def begin(self, trainer: Trainer) -> None:
        """Once; where it is away, at the next call."""
        if self._has_paused or trainer.state()["state"] in ("paused", "failed"):
            return
        with suppress(UserError):
            trainer.command("pause")
            trainer.rests_for, self._has_paused = RESTS, True

    def end(self, trainer: Trainer) -> None:
        """It goes on, where it was this that made it rest."""
        if not self._has_paused:
            return
        trainer.rests_for = ""
        with suppress(UserError):  # it is away, and begins by itself
            trainer.command("resume")
