"""Tables of labels: which column is the file and which the class, by whatever delimiter."""

import pytest

from ssvae_core.errors import UserError
from ssvae_core.labels.label_files import labels_in_order, read_labels


def written(tmp_path, content, name="l.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def said(path):
    return {row.file_name: row.class_name for row in read_labels(path).rows}


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("file_name;label\na.png;cat\nb.png;dog\n", "l.csv"),
        ("file_name\tlabel\na.png\tcat\nb.png\tdog\n", "l.csv"),
        ("file_name|label\na.png|cat\nb.png|dog\n", "l.csv"),
        ("file_name,label\na.png,cat\nb.png,dog\n", "l.tsv"),
        ('sep=;\r\n"file_name";"label"\r\n"a.png";"cat"\r\n"b.png";"dog"\r\n', "l.csv"),
        ("a.png,cat\nb.png,dog\n", "l.csv"),
        ("cat;a.png\ndog;b.png\n", "l.csv"),
        ("a.png cat\nb.png dog\n", "l.txt"),
        ("cat a.png\ndog b.png\n", "l.txt"),
        ("a.png\tcat\nb.png\tdog", "l.txt"),
        (",picture of,kind\n0,a.png,cat\n1,b.png,dog\n", "l.csv"),
        ("split;image;species;date\ntrain;a.png;cat;x\ntest;b.png;dog;y\n", "l.csv"),
    ],
)
def test_a_table_is_read_by_whatever_delimiter_with_a_header_or_without(content, name, tmp_path):
    path = written(tmp_path, content, name)
    assert said(path) == {"a.png": "cat", "b.png": "dog"}
    assert labels_in_order(path) is None


def test_lists_of_files_and_numbers_as_they_are_published(tmp_path):
    imagenet = written(tmp_path, "n01440764/x.JPEG 0\nn01440764/y y.JPEG 17\n", "val.txt")
    assert said(imagenet) == {"n01440764/x.JPEG": "0", "n01440764/y y.JPEG": "17"}
    kaggle = written(tmp_path, "id,breed\n000bec18,boston bull\n001513df,dingo\n")
    assert said(kaggle) == {"000bec18": "boston bull", "001513df": "dingo"}
    bare = written(tmp_path, "x1,cat\nx2,dog\n")  # no line of it is a header
    assert said(bare) == {"x1": "cat", "x2": "dog"}


def test_a_semicolon_in_our_own_table_is_what_excel_makes_of_it(tmp_path):
    head = "example;file_name;label;state;guess;model;model_version;guessed_at"
    path = written(tmp_path, f"{head}\r\n0;a.png;'=x;;;;;\r\n1;b.png;none;;;;;\r\n")
    assert said(path) == {"a.png": "=x", "b.png": "none"}


def test_a_whole_number_with_a_decimal_comma_is_whole(tmp_path):
    path = written(tmp_path, "file_name;label\na.png;1,0\nb.png;12,00\n")
    assert said(path) == {"a.png": "1", "b.png": "12"}


def test_numbers_that_pandas_made_fractions_of_are_whole_in_our_table_too(tmp_path):
    head = "file_name,label,model_version,guessed_at"
    path = written(tmp_path, f"{head}\na.png,1.0,,\nb.png,12.0,,\nc.png,,,\n")
    assert said(path) == {"a.png": "1", "b.png": "12"}


@pytest.mark.parametrize(
    ("content", "labels"),
    [
        ("cat\ndog\n\ncat\n", ["cat", "dog", "", "cat"]),
        ("label\ncat\ndog\n", ["cat", "dog"]),
        ("0\n1\n2\n", ["0", "1", "2"]),
        ("T-shirt/top\nTrouser\n", ["T-shirt/top", "Trouser"]),
        ("golden retriever\nboston bull terrier\n", ["golden retriever", "boston bull terrier"]),
        ('"tench, Tinca tinca"\n"a;b"\ndog\n', ["tench, Tinca tinca", "a;b", "dog"]),
        (",label\n0,cat\n1,dog\n", ["cat", "dog"]),  # with the index of pandas
        ("v1.0\nDr. Smith\n", ["v1.0", "Dr. Smith"]),
        ("cat\r\nd\u2028og\r\n", ["cat", "d\u2028og"]),
    ],
)
def test_a_list_of_labels_goes_by_order(content, labels, tmp_path):
    for name in ("l.txt", "l.csv"):
        path = written(tmp_path, content, name)
        assert labels_in_order(path).labels == labels
        with pytest.raises(UserError, match="names no files"):
            read_labels(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("a.png\nb.png\n", 'Line 1 of l.txt is "a.png", which is no class alone'),
        ("cat\ndog\nx/b.JPG\n", 'Line 3 of l.txt is "x/b.JPG"'),
        ("a.png: cat\nb.png: dog\n", 'Line 1 of l.txt is "a.png: cat"'),
        ("a.png=cat\nb.png=dog\n", 'Line 1 of l.txt is "a.png=cat"'),
        ("x/a.JPG->cat\nx/b.JPG->dog\n", 'Line 1 of l.txt is "x/a.JPG->cat"'),
        ("cat (a.png)\ndog (b.png)\n", 'Line 1 of l.txt is "cat '),
        ("cat\ndog\ncow\nsheep;a\n", 'Line 4 of l.txt is "sheep;a"'),
        ("cat\ndog\ncow\nhen, a\n", 'Line 4 of l.txt is "hen, a"'),
        ("x/1\nx/2\ny/1\n", "names files, and no classes"),
        ("tench, Tinca\ndog, Canis\nhen\n", "line 3"),
        ("image,MEL,NV\na,1,0\nb,0,1\n", "cannot be told which column"),
        ("a.png 1 -1 1\nb.png 1 1 1\n", "cannot be told which column"),
        ("left,right,label\n1,2,cat\n3,4,dog\n", "No column of l.txt names files"),
        ("file_name,label\na.png,cat,1\n", 'has no name, and not in "file_name"'),
        ("file_name,label\na.png,cat\nb.png,cat,1\n", "line 3"),
        ("", "is empty"),
    ],
)
def test_what_cannot_be_told_is_refused_and_never_taken_in_order(content, words, tmp_path):
    path = written(tmp_path, content, "l.txt")
    with pytest.raises(UserError, match=words.replace("(", r"\(")):
        labels_in_order(path) or read_labels(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("content", ["file_name\tlabel\na.png\tKäse\n", "Käse\n"])
def test_labels_are_read_in_whatever_encoding_or_it_is_said(encoding, content, tmp_path):
    path = written(tmp_path, content.encode(encoding), "l.txt")
    in_order = labels_in_order(path)
    if in_order is None:
        assert said(path) == {"a.png": "Käse"}
        notes = read_labels(path).notes
    else:
        assert in_order.labels == ["Käse"]
        notes = in_order.notes
    assert bool(notes) == (encoding == "cp1252")


@pytest.mark.parametrize(
    "content",
    [
        "file_name,label\na.png,Käse\n".encode() + "b.png,Öl\n".encode("cp1252"),
        "file_name,label\na.png,кошка\n".encode("cp1251"),
    ],
)
def test_letters_that_cannot_be_told_are_refused_with_their_line(content, tmp_path):
    path = written(tmp_path, content)
    for reader in (read_labels, labels_in_order):
        with pytest.raises(UserError, match=r"Line 2 of l.csv .* Save it as UTF-8"):
            reader(path)


def test_rows_are_in_the_order_of_their_times_whoever_wrote_them(tmp_path):
    rows = ["a.png,cat,ann,2026-01-02 10:00", "a.png,dog,bob,2026/1/1 9:00", "a.png,cow,eve,"]
    path = written(tmp_path, "\n".join(["file,label,annotator,timestamp", *rows]))
    found = [(row.class_name, row.annotator) for row in read_labels(path).rows]
    assert found == [("cow", "eve"), ("dog", "bob"), ("cat", "ann")]


def test_times_that_may_be_two_days_are_said(tmp_path):
    path = written(tmp_path, "file,label,date\na.png,cat,01/02/2026\nb.png,dog,02/01/2026\n")
    assert any('"01/02/2026"' in note for note in read_labels(path).notes)


def test_columns_of_others_that_are_called_as_ours_do_no_harm(tmp_path):
    head = "file,label,votes,example,state,guess"
    path = written(tmp_path, f"{head}\na.png,cat,5,first,TX,\nb.png,dog,[1],inf,CA,\n")
    assert said(path) == {"a.png": "cat", "b.png": "dog"}


def test_of_two_columns_that_may_be_the_class_it_is_said_which_is_read(tmp_path):
    path = written(tmp_path, "file,label,species\na.png,0,cat\n")
    assert said(path) == {"a.png": "0"}
    assert any('"label"' in note and "species" in note for note in read_labels(path).notes)
