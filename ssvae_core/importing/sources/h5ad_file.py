"""An AnnData file, element by element: what is not asked for is not read, nothing is unpickled.

An optional extra: pip install "ssvae-lab[cells]". A file that leads to another one (an external
link, a virtual data set) is refused.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ...errors import UserError
from ...labels.names import shown
from ...limits import MOST_MEMORY, check_unpacked

MISSING = (
    'To read .h5ad, install the package anndata: pip install anndata (or "ssvae-lab[cells]"), then '
    "try again."
)
MOST_OBJECTS = 20_000  # groups and data sets of a file


class H5adFile:
    """What it holds, by name. UserError where it is none, is damaged, or leads to other files."""

    def __init__(self, path: Path):
        try:
            import h5py
        except ImportError as error:
            raise UserError(MISSING) from error
        self._h5, self.path = h5py, path
        try:
            self._file = h5py.File(path, "r")
        except (OSError, ValueError, RuntimeError) as error:
            raise UserError(
                f"{path.name} is no .h5ad file that can be read ({shown(str(error))}). Save it "
                "with anndata: adata.write_h5ad(...)."
            ) from error
        self._look_through()
        # Before anndata 0.7 tables lay as records: such a file is read whole.
        self._old: Any = None
        if isinstance(self._file.get("obs"), h5py.Dataset):
            self._old = self._whole()

    def names(self, group: str) -> list[str]:
        """Of the elements of a group, in order; none where there is no such group."""
        if self._old is not None:
            return sorted(map(str, getattr(self._old, group).keys()))
        found = self._file.get(group)
        return sorted(map(str, found)) if isinstance(found, self._h5.Group) else []

    def has(self, name: str) -> bool:
        """Whether there is an element of this name."""
        if self._old is not None:
            return self._in_old(name) is not None
        return name in self._file

    def shape(self, name: str) -> tuple[int, ...]:
        """Of an array, a sparse matrix or a table; () for something else."""
        if self._old is not None:
            return tuple(map(int, self._in_old(name).shape))
        found = self._file[name]
        if isinstance(found, self._h5.Dataset):
            return tuple(map(int, found.shape or ()))
        if "shape" in found.attrs:
            return tuple(int(each) for each in found.attrs["shape"])
        return tuple(int(each) for each in found.attrs.get("h5sparse_shape", ()))

    def read(self, name: str) -> Any:
        """An element as anndata reads it: an array, a sparse matrix, a table.

        UserError where it is damaged or too large.
        """
        if self._old is not None:
            return self._in_old(name)
        self._check_size(name)
        return self._read(name, lambda anndata: anndata.io.read_elem(self._file[name]))

    def close(self) -> None:
        """Let go of it."""
        self._file.close()

    def _whole(self) -> Any:
        self._check_size("/")
        return self._read("obs", lambda anndata: anndata.read_h5ad(self.path))

    def _in_old(self, name: str) -> Any:
        if name.startswith("raw/"):
            return None if self._old.raw is None else getattr(self._old.raw, name[4:])
        group, _, element = name.partition("/")
        found = getattr(self._old, group)
        return found[element] if element else found

    def _read(self, name: str, read: Callable[[Any], Any]) -> Any:
        try:
            import anndata.io
        except ImportError as error:
            raise UserError(MISSING) from error
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of old ways to write what is read all the same
                return read(anndata)
        except MemoryError:
            raise
        except Exception as error:  # whatever its libraries stumble over in a damaged file
            raise UserError(
                f"'{name}' of {self.path.name} cannot be read "
                f"({shown(f'{type(error).__name__}: {error}')[:200]}). Open it in anndata and "
                "save it once more: adata.write_h5ad(...)."
            ) from error

    def _check_size(self, name: str) -> None:
        total = sum(each.nbytes for each in self._data_sets(self._file[name]))
        check_unpacked(self.path.name, total, self.path.stat().st_size)
        if total > MOST_MEMORY // 2:
            raise UserError(
                f"'{name}' of {self.path.name} takes {total / 1e9:.1f} GB in memory; "
                f"{MOST_MEMORY / 2e9:.1f} GB are read at most. Choose components that are in the "
                "file (--use obsm:NAME), or save fewer cells or genes."
            )

    def _data_sets(self, found: Any) -> list[Any]:
        if isinstance(found, self._h5.Dataset):
            return [found]
        return [each for name in found for each in self._data_sets(found[name])]

    def _look_through(self) -> None:
        """Refuse what leads out of the file, and what nests without end."""
        try:
            self._look_at_links()
        except (UserError, MemoryError):
            raise
        except Exception as error:  # whatever its library stumbles over in a damaged file
            raise UserError(self._damaged(error)) from error

    def _look_at_links(self) -> None:
        todo, n = [self._file], 0
        while todo:
            group = todo.pop()
            for name in group:
                n += 1
                link = group.get(name, getlink=True)
                if not isinstance(link, self._h5.HardLink) or n > MOST_OBJECTS:
                    raise UserError(self._refused(name))
                found = group[name]
                if isinstance(found, self._h5.Dataset):
                    if found.is_virtual or found.external:
                        raise UserError(self._refused(name))
                elif isinstance(found, self._h5.Group):
                    todo.append(found)

    def _damaged(self, error: Exception) -> str:
        return (
            f"{self.path.name} is damaged ({shown(str(error))[:200]}). Was it copied whole? Save "
            "it once more with anndata: adata.write_h5ad(...)."
        )

    def _refused(self, name: str) -> str:
        return (
            f"{self.path.name} holds '{shown(name)[:80]}', which leads to another place or file, "
            "and that is not followed. Open it in anndata and save it once more: "
            "adata.write_h5ad(...)."
        )
