"""Small imports: a folder of classes taken in, and what is left on the disk."""

from ssvae_core.data.stored import MANIFEST
from ssvae_core.importing.import_data import Choice, import_data, import_to_end
from ssvae_core.importing.items import Source
from tests.support.small_files import encoded, picture, write

HERE = Choice(n_processes=0)


class Rows(Source):
    """A source for tests: whatever items it is given."""

    title = "rows"

    def __init__(self, items):
        super().__init__("rows")
        self._items = items

    @staticmethod
    def accepts(where):
        return False

    def items(self):
        return iter(self._items)


def take_in(source, root, name="scans", choice=HERE):
    return import_to_end(import_data(source, root, name=name, choice=choice))


def folder_of_classes(folder, classes=("cat", "dog", "10", "2"), n=3):
    """PNG files in a folder for each class: {name: pixels}."""
    found = {}
    for place, name in enumerate(classes):
        for number in range(n):
            values = picture(100 * place + number)
            write(folder / name / f"{number}.png", encoded(values))
            found[f"{name}/{number}.png"] = values
    return found


def left_in(root):
    """What lies in the root besides whole data sets."""
    return [path.name for path in root.iterdir() if not (path / MANIFEST).is_file()]
