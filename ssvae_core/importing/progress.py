"""What an import is told, and what it says while it works."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..data.dataset import AUTO
from ..data.import_report import Report
from ..data.library import ROLES
from ..errors import UserError
from .pixel_policy import Policy


@dataclass(frozen=True)
class Imported:
    """A data set that is whole, and how it came to be."""

    id: str
    folder: Path
    report: Report
    # The id of the one that it was read again in place of, if it holds all that this one does.
    instead_of: str = ""


@dataclass(frozen=True)
class ImportProgress:
    """Where an import stands."""

    message: str
    done: int = 0  # files looked at
    total: int | None = None  # if it is known
    taken: int = 0
    skipped: int = 0
    seconds: float = 0.0
    seconds_left: float | None = None
    imported: Imported | None = None  # at the end


@dataclass(frozen=True)
class Choice:
    """What is to be done with what is imported."""

    policy: Policy = field(default_factory=Policy)
    role: str = "truth"  # what class names mean, a key of shelf.ROLES
    labels: Path | None = None  # a file of labels; classes then come from it alone
    keeps_duplicates: bool = False
    encoder: str = AUTO  # whose features say which images are alike; features:FILE reads them
    # How the source is read, where a person said it.
    reading: Mapping[str, str] = field(default_factory=dict)
    within: tuple[Path, ...] = ()  # files that a table or a link names elsewhere are refused
    n_processes: int | None = None  # that decode; None chooses, 0 decodes in this one
    should_stop: Callable[[], bool] | None = None  # asked now and then: UserError if so

    def __post_init__(self) -> None:
        if self.role not in ROLES:
            raise ValueError(f"Class names can be {', '.join(ROLES)}; got '{self.role}'.")


class ImportCancelled(UserError):
    """Raised where `should_stop` says so; nothing of the import is left."""
