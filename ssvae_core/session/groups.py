"""Groups proposed in a session before anybody has labelled: found once, kept, split and joined.

A group has a number that it keeps: naming groups, splitting one and opening the session again
change no other. What they are named is not here but in the label store, as operations of the kind
"group", and stays when groups are proposed anew.

Letters in shapes: N examples, d dimensions of a space, G groups.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..atlas.graph_clusters import graph_embedding
from ..atlas.graphs import M1_LATENTS, PIXELS
from ..atlas.groups import Groups, proposed, proposing
from ..errors import Conflict, NotFound, UserError
from ..labels.by_eye import labels_by_eye
from ..storage.bundles import read_bundle, write_bundle
from ..storage.paths import GROUPS
from .session import Session
from .spaces import Spaces

N_GROUPS = 30  # that are proposed if nobody says how many
MOST_GROUPS = 2000
N_TYPICAL = 9  # members that are shown on the way from the medoid to the most distant one
LEARNED_BY_NOTHING = (PIXELS, M1_LATENTS)  # spaces of images in whose graph kinds show better

log = logging.getLogger(__name__)

Values = NDArray[np.float32]


@dataclass(eq=False)
class Proposal:
    """Groups as they stand; `order` are their numbers as they are shown."""

    of: NDArray[np.int32]  # (N,) the number of each example's group
    distances: Values  # (N,) from the middle of its group
    order: list[int]
    space: str
    title: str
    halves: dict[int, int] = field(default_factory=dict)  # a number: that of what was split

    def members(self, group: int) -> NDArray[np.int32]:
        """All of a group, its medoid first and the most distant one last: (n,)."""
        found = np.flatnonzero(self.of == group)
        return found[np.argsort(self.distances[found], kind="stable")].astype(np.int32)


class ProposedGroups:
    """Of one session. Any thread may ask."""

    def __init__(self, session: Session):
        """Read what was proposed, if it is of these examples."""
        self.session, self.spaces = session, Spaces(session)
        self._lock = threading.RLock()
        self._folder = session.folder / GROUPS
        self._proposal = self._read()
        self._values: Values | None = None  # (N, d) what they were found in
        self._job: threading.Thread | None = None
        self._is_cancelled = False
        self._share, self._began, self._message, self._error = 0.0, 0.0, "", ""
        self._version = 0

    def listed(self) -> dict[str, Any]:
        """How far it is, and every group with those of its members that are shown."""
        with self._lock:
            proposal, is_working = self._proposal, self._job is not None
            elapsed = time.monotonic() - self._began
            left = elapsed * (1 - self._share) / self._share if self._share > 0.05 else None
            found: dict[str, Any] = {
                "version": self._version,
                "working": is_working,
                "message": self._message if is_working else "",
                "share": self._share if is_working else 0.0,
                "seconds_left": left if is_working else None,
                "error": self._error,
                "space": "" if proposal is None else proposal.space,
                "title": "" if proposal is None else proposal.title,
                "groups": [],
            }
            if proposal is not None:
                found["groups"] = [self._shown(proposal, group) for group in proposal.order]
            return found

    def member_bytes(self) -> tuple[bytes, str]:
        """Of each example the number of its group, N x uint16, then N x uint8: 1 if seen by eye.

        And the version. Conflict before there are groups.
        """
        with self._lock, self.session.lock:
            if self._proposal is None:
                raise Conflict("No groups are proposed yet. Propose some first.")
            by_eye = labels_by_eye(self.session.labels, self.session.history) != -1
            of = self._proposal.of.astype("<u2").tobytes()
            return of + by_eye.astype(np.uint8).tobytes(), str(self._version)

    def propose(self, n: int = N_GROUPS, space: str = "") -> None:
        """Begin to look for so many groups; `listed` tells how far it is.

        UserError while others are looked for, and for a number that cannot be.
        """
        most = min(MOST_GROUPS, len(self.session.data))
        if not 1 <= n <= most:
            raise UserError(f"From 1 to {most:,} groups can be proposed here, not {n:,}.")
        with self._lock:
            if self._job is not None:
                raise Conflict("Groups are being looked for already. Wait, or cancel that.")
            self._is_cancelled, self._error = False, ""
            self._share, self._began = 0.0, time.monotonic()
            self._message = "reading what the images are compared by"
            self._job = threading.Thread(target=self._work, args=(n, space), daemon=True)
            self._job.start()

    def cancel(self) -> None:
        """Stop looking; the groups that were there stay."""
        self._is_cancelled = True

    def split(self, group: int) -> None:
        """Make two of a group. UserError for one that is not there, or whose members are alike."""
        with self._lock:
            proposal = self._known(group)
            members = np.sort(proposal.members(group))
            if len(members) < 2:
                raise Conflict("A group of one image cannot be split.")
            parts = proposed(self._compared(proposal)[members], 2)
            if len(parts) < 2:
                raise Conflict("All images of this group look the same, so it cannot be split.")
            new = max(int(proposal.of.max()), *proposal.halves, *proposal.order) + 1
            place = proposal.order.index(group)
            proposal.of[members] = parts.of + new
            proposal.distances[members] = parts.distances
            proposal.order[place : place + 1] = [new, new + 1]
            proposal.halves |= {new: group, new + 1: group}
            self._changed()

    def join(self, group: int) -> None:
        """Put the halves of a split group together again. UserError where it is no half."""
        with self._lock:
            proposal = self._known(group)
            whole = proposal.halves.get(group)
            if whole is None:
                raise Conflict("This group was not split off another, so there is nothing to join.")
            others = [one for one, of in proposal.halves.items() if of == whole and one != group]
            if not all(other in proposal.order for other in others):
                raise Conflict("Its other half was split again. Join those two first.")
            halves = [group, *others]
            members = np.flatnonzero(np.isin(proposal.of, halves))
            values = self._compared(proposal)[members]
            proposal.of[members] = whole
            proposal.distances[members] = np.linalg.norm(values - values.mean(0), axis=1)
            place = min(proposal.order.index(half) for half in halves)
            proposal.order = [one for one in proposal.order if one not in halves]
            proposal.order.insert(place, whole)
            for half in halves:
                del proposal.halves[half]
            self._changed()

    def _work(self, n: int, space: str) -> None:
        try:
            found = self._looked_for(n, space)
        except UserError as error:
            found, self._error = None, str(error)
        except Exception as error:
            log.exception("Groups could not be proposed.")
            found, self._error = None, f"Groups could not be proposed: {error} Try again."
        with self._lock:
            self._job = None
            if found is not None and not self._is_cancelled:
                self._proposal, self._values = found
                self._changed()

    def _looked_for(self, n: int, space: str) -> tuple[Proposal, Values] | None:
        """None where it was cancelled."""
        values, name, title = self._read_values(space)
        self._message = f"looking for {n:,} groups"
        for found in proposing(values, n, self.session.row.seed):
            if self._is_cancelled:
                return None
            if isinstance(found, Groups):
                order = list(range(len(found)))
                of, distances = found.of.copy(), found.distances.copy()
                return Proposal(of, distances, order, name, title), values
            self._share = max(found, 0.02)
        return None

    def _read_values(self, space: str) -> tuple[Values, str, str]:
        """What groups are found in, (N, d), the name of the space, and it in words.

        Of images that no encoder has looked at, kinds are told by who is near whom, not by how far.
        """
        found = self.spaces.read(space)
        title = found.spaces.get(found.space, found.space)
        is_image = self.session.data.kind == "image"
        if is_image and not space and found.space in LEARNED_BY_NOTHING:
            near = self.spaces.graph(found.space)
            if near is not None:
                return graph_embedding(*near), found.space, f"{title}, by who is near whom"
        return found.values.astype(np.float32), found.space, title

    def _compared(self, proposal: Proposal) -> Values:
        """What the groups were found in, read again if need be: (N, d)."""
        if self._values is None:
            is_by_graph = "who is near whom" in proposal.title
            near = self.spaces.graph(proposal.space) if is_by_graph else None
            if near is not None:
                self._values = graph_embedding(*near)
            else:
                self._values = self.spaces.read(proposal.space).values.astype(np.float32)
        return self._values

    def _known(self, group: int) -> Proposal:
        if self._proposal is None or group not in self._proposal.order:
            raise NotFound(f"There is no group {group} any more. Reload the page.")
        return self._proposal

    def _shown(self, proposal: Proposal, group: int) -> dict[str, Any]:
        members = proposal.members(group)
        places = np.linspace(0, len(members) - 1, N_TYPICAL + 2)[1:-1].astype(int)
        shown = [members[0], *members[places], members[-1]]
        return {
            "id": group,
            "size": len(members),
            "shown": list(dict.fromkeys(int(one) for one in shown)),
            "half_of": proposal.halves.get(group),
        }

    def _changed(self) -> None:
        """Another version, which is written; what cannot be written stands until the app ends."""
        self._version += 1
        proposal = self._proposal
        assert proposal is not None
        try:
            write_bundle(
                self._folder,
                {"of": proposal.of, "distances": proposal.distances},
                {
                    "data": self.session.data.fingerprint,
                    "order": proposal.order,
                    "space": proposal.space,
                    "title": proposal.title,
                    "halves": {str(half): whole for half, whole in proposal.halves.items()},
                },
            )
        except UserError as error:
            log.warning("The groups are not kept: %s", error)

    def _read(self) -> Proposal | None:
        """What was proposed; None where nothing was, or it is damaged or of other examples."""
        if not self._folder.exists():
            return None
        try:
            arrays, manifest = read_bundle(self._folder)
            of, distances = arrays["of"].astype(np.int32), arrays["distances"].astype(np.float32)
            order = [int(one) for one in manifest["order"]]
            halves = {int(half): int(whole) for half, whole in manifest["halves"].items()}
            n = len(self.session.data)
            if manifest["data"] != self.session.data.fingerprint or not of.shape == (n,):
                raise ValueError("they are of other examples")
            if distances.shape != (n,) or sorted(order) != np.unique(of).tolist():
                raise ValueError("their parts do not belong together")
            names = str(manifest["space"]), str(manifest["title"])
            return Proposal(of, distances, order, *names, halves)
        except (UserError, KeyError, TypeError, ValueError, AttributeError) as error:
            log.warning("The groups that were proposed are left out: %s", error)
            return None
