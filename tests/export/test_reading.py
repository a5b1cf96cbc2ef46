"""What was exported, read again by us."""

import dataclasses

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ssvae_core.errors import UserError
from ssvae_core.export import FORMATS
from ssvae_core.export.content import ClassInfo, Said
from ssvae_core.export.reading import place, standing
from ssvae_core.labels.label_files import read_labels
from ssvae_core.labels.label_rows import LabelFile, LabelRow
from tests.support.export_files import slow, text, written
from tests.support.small_export import AT, NAMES, small_content

READ_BACK = [name for name, kind in FORMATS.items() if kind.reads_back]


def read_again(content, folder, name):
    """What an export says of each example, by our own reader."""
    names = [content.file_name(i) for i in range(len(content))]
    placed = place(read_labels(folder / FORMATS[name].reads_back), names, content.classes)
    assert placed.unknown_files == placed.new_classes == ()
    return standing(placed, content.classes)


def same(said, other):
    """Whether two say the same, times to the microsecond."""
    times = [(0 if each.at is None else each.at) for each in (said, other)]
    return abs(times[0] - times[1]) < 2e-6 and dataclasses.replace(
        said, at=None
    ) == dataclasses.replace(other, at=None)


@pytest.mark.parametrize("name", READ_BACK)
def test_an_export_read_again_gives_the_same_state(name, tmp_path):
    content = small_content()
    folder = written(content, name, tmp_path / "out", with_junk=True)
    found = read_again(content, folder, name)
    assert found.keys() == content.said.keys()
    for i, said in content.said.items():
        assert same(found[i], said), (i, found[i], said)


@pytest.mark.parametrize("name", READ_BACK)
def test_guesses_are_not_taken_for_labels_when_read(name, tmp_path):
    content = small_content(said={})
    folder = written(content, name, tmp_path / "out")
    if name == "coco":  # the guesses are in a file of their own
        with pytest.raises(UserError, match="holds no labels"):
            read_labels(folder / "labels.json")
        return
    read = read_labels(folder / FORMATS[name].reads_back).rows
    assert len(read) == 24
    assert not any(row.is_human for row in read)
    assert read[11].class_name == NAMES[3]


words = st.lists(text, min_size=4, max_size=4, unique=True)
words = words | st.permutations(['a,"b"', "=cmd|' /C calc'!A0", "'x", "-1", "a\r\nb", "🐈", "a/b"])


@pytest.mark.parametrize("name", READ_BACK)
@slow
@given(names=words, person=text)
@example(names=["a", " a", "a ", "\n"], person="'")
def test_any_class_name_comes_back(name, names, person, tmp_path_factory):
    folder = tmp_path_factory.mktemp("any") / "out"
    content = small_content(8, tuple(names[:4]), size=2)
    said = {i: Said(k, annotator=person, at=AT) for i, k in enumerate(content.classes)}
    content = dataclasses.replace(content, said=said)
    written(content, name, folder)
    assert read_again(content, folder, name) == said


def test_a_row_finds_its_image_by_the_end_of_its_path_unless_two_share_it():
    content = small_content(3, file_names=["a/1.png", "b/1.png", "b/2.png"])
    file = LabelFile(
        ("cat", "cow"),
        (
            LabelRow("a/1.png", "cat"),
            LabelRow("C:\\photos\\2.png", "cow"),
            LabelRow("x/1.png", "cat"),
            LabelRow("b/1.png", "cat", is_human=False),
        ),
    )
    placed = place(file, content.file_names, {0: ClassInfo("cat")})
    assert [i for i, _ in placed.rows] == [0, 2]
    assert placed.unknown_files == ("x/1.png",)
    assert placed.new_classes == ("cow",)
    assert standing(placed, {0: ClassInfo("cat")}).keys() == {0}
    assert standing(placed, {0: ClassInfo("cat"), 9: ClassInfo("cow")})[2].label == 9


def test_a_row_finds_its_class_however_it_is_spelled():
    content = small_content(2, file_names=["cafe\u0301.png", "b.png"])
    file = LabelFile(
        ("caf\xe9", " cat", "1.0"),
        (LabelRow("caf\xe9.png", "caf\xe9"), LabelRow("b.png", " cat"), LabelRow("b.png", "1.0")),
    )
    known = {0: ClassInfo("cafe\u0301"), 1: ClassInfo("cat"), 2: ClassInfo("1")}
    placed = place(file, content.file_names, known)
    assert [row.class_name for _, row in placed.rows] == ["cafe\u0301", "cat", "1"]
    assert placed.new_classes == ()


def test_people_who_disagree_each_have_a_vote_and_the_later_one_stands(tmp_path):
    path = tmp_path / "l.csv"
    rows = ["a.png,cat,ann,2026-01-02", "a.png,dog,bob,2026-01-01"]
    path.write_text("\n".join(["file,label,annotator,created_at", *rows]))
    known = {0: ClassInfo("cat"), 1: ClassInfo("dog")}
    content = small_content(1, file_names=["x/a.png"])
    said = standing(place(read_labels(path), content.file_names, known), known)[0]
    assert (said.label, said.annotator, said.votes) == (0, "ann", {"bob": 1, "ann": 0})


def test_what_found_no_place_in_a_session_is_said():
    content = small_content(3, file_names=["a/1.png", "b/1.png", "b/2.png"])
    rows = [LabelRow(name, "cat") for name in ("1.png", "9.png", "B/2.png")]
    placed = place(LabelFile(("cat",), tuple(rows)), content.file_names, {0: ClassInfo("cat")})
    assert [i for i, _ in placed.rows] == [2]
    assert placed.unknown_files == ("1.png", "9.png")
    assert len(placed.notes) == 3
