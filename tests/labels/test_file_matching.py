"""A name means the file with the longest end of its path, or nobody's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ssvae_core.labels.file_matching import match_files, parts

SHARED = ("cat/001.png", "dog/001.png", "dog/002.png")


def found(names, files=SHARED, above=""):
    """{name: file}, and what is said."""
    matches = match_files(names, files, above)
    return {name: files[file] for name, file in matches.files.items()}, matches


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("cat/001.png", "cat/001.png"),  # as it is
        ("img/cat/001.png", "cat/001.png"),  # longer
        ("002.png", "dog/002.png"),  # shorter
        ("C:\\photos\\dog\\001.png", "dog/001.png"),
        ("./dog/../dog//001.png", "dog/001.png"),
        ("file:///data/cat/001.png", "cat/001.png"),
        ("elsewhere/002.png", "dog/002.png"),  # nobody knows a folder of that name
        ("Cat/001.PNG", "cat/001.png"),
        ("cat/001", "cat/001.png"),
        ("cat%2F001.png", "cat/001.png"),
        ("\u202aD:\\cat\\001.png", "cat/001.png"),  # as Windows copies it
    ],
)
def test_a_name_means_the_file_with_the_longest_end_in_common(name, file):
    assert found([name])[0] == {name: file}


@pytest.mark.parametrize(
    ("name", "is_shared"),
    [
        ("001.png", True),
        ("horse/001.png", True),
        ("001", True),
        ("cat/002.png", False),  # the 002 there is lies in a folder that is known by another name
        ("003.png", False),
        ("x001.png", False),
        ("at/001.jpg", False),
        ("", False),
        ("/", False),
    ],
)
def test_what_is_not_one_file_is_nobodys_and_named(name, is_shared):
    given, matches = found([name])
    assert given == {}
    assert (matches.shared, matches.unknown) == (([name], []) if is_shared else ([], [name]))
    (note,) = matches.notes("l.csv")
    assert f'"{name}"' in note


def test_the_nearest_name_has_the_file_and_the_others_are_named():
    names = ["cat/001.png", "dog/001.png"]
    given, matches = found(names, ["dog/001.png"])
    assert given == {"dog/001.png": "dog/001.png"}
    assert matches.unknown == ["cat/001.png"]


def test_two_names_of_different_folders_cannot_both_mean_one_file():
    given, matches = found(["u/1.png", "v/1.png"], ["1.png", "2.png"])
    assert given == {}
    assert matches.shared == ["u/1.png", "v/1.png"]
    given, _ = found(["u/1.png", "v/1.png", "1.png"], ["1.png", "2.png"])
    assert given == {"1.png": "1.png"}


def test_names_that_say_more_or_less_of_one_path_all_mean_it():
    names = ["1.png", "u/1.png", "x/u/1.png"]
    given, _ = found(names, ["u/1.png", "u/2.png"])
    assert given == dict.fromkeys(names, "u/1.png")


def test_the_folder_that_is_imported_tells_its_files_from_those_of_others():
    names = ["cat/1.png", "dog/1.png", "cat/3.png"]
    given, matches = found(names, ["1.png", "3.png"], "/data/dog")
    assert given == {"dog/1.png": "1.png"}
    assert matches.unknown == ["cat/1.png", "cat/3.png"]
    given, _ = found(["train/images/1.png"], ["1.png"], "/data/images/train")
    assert given == {"train/images/1.png": "1.png"}


def test_a_file_at_the_top_is_the_one_of_that_name():
    assert found(["1.png"], ["1.png", "old/1.png"])[0] == {"1.png": "1.png"}
    assert found(["1.png"], ["1.png", "1.png"])[1].shared == ["1.png"]


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("caf\xe9.png", "cafe\u0301.png"),
        ("cafe\u0301/1.png", "caf\xe9/1.png"),
        ("\u1112\u1161\u11ab.png", "\ud55c.png"),
        ("a b.png", "a\u202fb.png"),
        ("my%20cat.png", "my cat.png"),
        ("my cat.png", "my%20cat.png"),
        ("\ufeffa.png", "a.png"),
        ("a .png", "a  .png"),
        ("new\nline.png", "new%0Aline.png"),
        ("k%E4se.png", "k%E4se.png"),
    ],
)
def test_a_file_is_found_however_its_name_is_spelled(name, file):
    assert found([name], [file, "other.png"])[0] == {name: file}


def test_what_is_written_exactly_goes_before_what_only_looks_so():
    files = ["a b.png", "a  b.png", "A b.png", "a%20b.png"]
    assert found(files, files)[0] == dict(zip(files, files, strict=True))
    given, matches = found(["A  B.png"], files)
    assert given == {}
    assert matches.shared == ["A  B.png"]


def test_an_ending_is_left_away_but_never_another_one():
    assert found(["1.png", "2"], ["1", "2.jpg"])[0] == {"1.png": "1", "2": "2.jpg"}
    given, matches = found(["1.png", "3.txt", "4"], ["1.jpg", "3", "4.png", "4.jpg"])
    assert given == {}
    assert matches.shared == ["4"]


def test_what_was_found_less_exactly_is_said():
    _, matches = found(["CAT/001.png", "dog/002"])
    assert matches.notes("l.csv") == [
        '1 name in l.csv was found although upper and lower case differ: "CAT/001.png".',
        '1 name in l.csv was found without the ending of the file: "dog/002".',
    ]


@given(st.lists(st.text("a./\\%2EF \u0301A", max_size=9), min_size=1), st.lists(st.text("a./%2E")))
def test_odd_names_do_no_harm(names, files):
    matches = match_files(names, files)
    told = {*matches.files, *matches.shared, *matches.unknown}
    assert told == set(names)


def test_many_files_of_one_name_are_told_apart():
    files = [f"{n}/image.png" for n in range(3000)]
    assert found([f"x/{name}" for name in files], files)[1].files == {
        f"x/{name}": n for n, name in enumerate(files)
    }


folders = st.sampled_from(["a", "b", "c"])
paths = st.lists(folders, min_size=1, max_size=4).map("/".join)


@given(st.lists(paths, max_size=8), st.lists(paths, min_size=1, max_size=8, unique=True))
def test_no_name_gets_a_file_while_another_has_a_longer_end(names, files):
    def depth(name, file):
        pairs = zip(parts(name), parts(file), strict=False)
        n = 0
        for n, (one, other) in enumerate(pairs, 1):
            if one != other:
                return n - 1
        return n

    for name, file in match_files(names, files).files.items():
        best = max(depth(name, each) for each in files)
        assert depth(name, files[file]) == best > 0
        if files[file] != name:
            assert sum(depth(name, each) == best for each in files) == 1
