"""What a folder and a zip have in common: folders that are classes, or parts of the data set."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from functools import cached_property

from ..class_folders import ClassFolders, Folders, ImageFolders
from ..folder_parts import FolderParts
from ..items import Item, ItemContent, Source
from ..reading import AS_FOUND


class FolderTree(Source):
    """A source whose files lie in folders; what these mean is told from all that hold images."""

    are_folders = True

    def __init__(self, where: str, reading: Mapping[str, str] = AS_FOUND):
        super().__init__(where, reading)
        self._parts: FolderParts | None = None

    @abstractmethod
    def root_folders(self) -> Folders:
        """The path above all of its files, by which they are called."""

    @abstractmethod
    def look_into(self, images: ImageFolders) -> None:
        """Show every file that may be taken to `images`."""

    def look(self) -> None:
        """Find which of its folders are a test part."""
        if self._parts is None:
            self._parts = FolderParts(ClassFolders(self._image_folders), self.reading)

    def item(self, name: str, content: ItemContent, folders: Folders) -> Item:
        """A file in these folders, of their class and their part."""
        in_test = self._parts is not None and self._parts.is_in_test(folders)
        return Item(name, content, self.class_folders.class_of(folders), in_test=in_test)

    @cached_property
    def class_folders(self) -> ClassFolders:
        """Which of its folders are classes."""
        classes = ClassFolders(self._image_folders, self.known_classes)
        self.class_notes = classes.notes
        self.above = "/".join((*self.root_folders(), *classes.common))
        return classes

    @cached_property
    def _image_folders(self) -> set[Folders]:
        images = ImageFolders()
        self.look_into(images)
        return images.found
