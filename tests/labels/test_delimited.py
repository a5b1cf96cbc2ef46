"""Delimiters, headers and encodings, found in what other programs write."""

import gzip

import pytest

from ssvae_core.errors import UserError
from ssvae_core.labels.delimited import BadLine, Line, read_delimited

KNOWN = {"file_name", "label", "class"}


def read(folder, text, name="x.csv", written_in="utf-8", **chosen):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode(written_in))
    return read_delimited(path, KNOWN, **chosen)


def cells(found):
    return [row.cells for row in found.rows() if isinstance(row, Line)]


CATS = [["a.png", "cat"], ["b.png", "dog"]]


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("file_name,label\na.png,cat\nb.png,dog\n", ","),
        ("file_name;label\r\na.png;cat\r\nb.png;dog\r\n", ";"),
        ("file_name\tlabel\na.png\tcat\nb.png\tdog\n", "\t"),
        ("file_name|label\na.png|cat\nb.png|dog", "|"),
        ("sep=;\nfile_name;label\na.png;cat\nb.png;dog\n", ";"),
        ("# written by hand\n\nfile_name,label\na.png,cat\n\nb.png,dog\n", ","),
        ("# file_name,label\na.png,cat\nb.png,dog\n", ","),
        ("file_name,label\na.png,cat,\nb.png,dog,\n", ","),
        ('"file_name";"label"\n"a.png";"cat"\n"b.png";"dog"\n', ";"),
        ("file_name  label\na.png    cat\nb.png\tdog\n", " "),
        ("file_name,label\ra.png,cat\rb.png,dog\r", ","),
    ],
)
def test_the_delimiter_is_found(text, delimiter, tmp_path):
    found = read(tmp_path, text)
    assert (found.delimiter, found.has_header) == (delimiter, True)
    assert found.columns == ("file_name", "label")
    assert cells(found) == CATS


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("a.png 0\nb.png 1\n", [["a.png", "0"], ["b.png", "1"]]),
        ("my cat.png 0\nmy dog.png 1\n", [["my cat.png", "0"], ["my dog.png", "1"]]),
        ("a.png golden retriever\nb.png cat\n", [["a.png", "golden retriever"], ["b.png", "cat"]]),
        ("n01440764/x.jpg  0\nn02/y.JPEG  12\n", [["n01440764/x.jpg", "0"], ["n02/y.JPEG", "12"]]),
        ("a.jpg -1 1 1\nb.jpg 1 -1 1\n", [["a.jpg", "-1", "1", "1"], ["b.jpg", "1", "-1", "1"]]),
        ("1.5  2.5\n3.5  4\n", [["1.5", "2.5"], ["3.5", "4"]]),
        ("golden retriever\nblack cat\n", [["golden retriever"], ["black cat"]]),
        ("class 1\nclass 2\nclass 1\n", [["class 1"], ["class 2"], ["class 1"]]),
        ("0\n1\n2\n", [["0"], ["1"], ["2"]]),
        ("a.png,cat\n", [["a.png", "cat"]]),
        ("a.png;cat, big\nb.png;dog\n", [["a.png", "cat, big"], ["b.png", "dog"]]),
        ("1,5;2,5\n1;2\n", [["1,5", "2,5"], ["1", "2"]]),
    ],
)
def test_lists_without_a_header_keep_their_first_line(text, rows, tmp_path):
    found = read(tmp_path, text)
    assert not found.has_header
    assert cells(found) == rows


@pytest.mark.parametrize(
    ("text", "has_header"),
    [
        ("5.1,3.5,setosa\n4.9,3.0,setosa\n7,3.2,virginica\n", False),
        ("a,b,species\n4.9,3.0,setosa\n7,3.2,virginica\n", True),
        ("0,1,2,3\n0.5,1.5,2.5,cat\n0.1,0.3,0.4,dog\n", True),
        (",0,1\n0,5,6\n1,7,8\n", True),
        ("0,1\na.png,cat\nb.png,dog\n", True),
        ("0,1,2\n3,4,5\n6,7,8\n", False),
        ("5,0,0\n0,0,0\n4,0,12\n", False),
        ('3,"Wall St. Bears","Reuters"\n1,"Carlyle","Short"\n', False),
        ("1,Carlyle,Short\n3,Wall St,Reuters\n", False),
        ("class,title\nworld,Carlyle\nsport,Olympics\n", True),
        ("2024-01-01,3\n2024-01-02,4\n", False),
        ("cat\ndog\ncat\n", False),
        ("label\ncat\ndog\n", True),
        ("a.png,y\nb.png,n\n", False),
        ("yes,no\nno,no\nyes,yes\n", False),
        ("?,1.5,x\n2,2.5,y\n", False),
        ("id,value\n7,NA\n8,NA\n", True),
    ],
)
def test_a_header_is_told_from_a_first_row(text, has_header, tmp_path):
    assert read(tmp_path, text).has_header is has_header
    assert read(tmp_path, text, has_header=not has_header).has_header is not has_header


def test_names_of_columns_are_its_own_each(tmp_path):
    found = read(tmp_path, "x,x,,x\n1,2,3,4\n")
    assert found.columns == ("x", "x (2)", "Unnamed: 2", "x (3)")
    assert "several columns called x" in found.notes[0]
    assert read(tmp_path, "1,2\n3,4\n").columns == ("column 1", "column 2")
    r = read(tmp_path, '"mass" "kind"\n"1" 5.1 "cat"\n"2" 4.9 "dog"\n')
    assert r.columns == ("Unnamed: 0", "mass", "kind")
    assert cells(r)[0] == ["1", "5.1", "cat"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_is_told_by_its_bytes(encoding, tmp_path):
    found = read(tmp_path, "file_name\tlabel\nä.png\tKäse 猫\n", written_in=encoding)
    assert cells(found) == [["ä.png", "Käse 猫"]]
    assert found.notes == ()


def test_western_text_is_read_and_said(tmp_path):
    text = "file_name;label\na.png;Käse\nb.png;crème brûlée – 5 €\n"
    found = read(tmp_path, text, written_in="cp1252")
    assert cells(found) == [["a.png", "Käse"], ["b.png", "crème brûlée – 5 €"]]
    assert "line 2: Käse" in found.notes[0]
    packed = gzip.compress("a,label\n1,Käse\n".encode("cp1252"))
    assert cells(read(tmp_path, packed, "x.csv.gz")) == [["1", "Käse"]]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("кошка", "cp1251"),
        ("Käse", "mac-roman"),
        ("Käse", "cp850"),
        ("małpa", "cp1250"),
        ("犬と猫", "shift_jis"),
        ("小狗和小猫", "gb18030"),
        ("\x81", "latin-1"),
    ],
)
def test_text_of_an_unknown_encoding_is_refused_by_its_line(text, encoding, tmp_path):
    raw = f"file_name,label\na.png,cat\nb.png,{text}\n".encode(encoding)
    with pytest.raises(UserError, match=r"Line 3 of x\.csv .* Save it as UTF-8"):
        read(tmp_path, raw)
    if encoding in ("cp1251", "mac-roman", "shift_jis", "gb18030", "cp1250"):
        assert cells(read(tmp_path, raw, encoding=encoding))[1] == ["b.png", text]


def test_a_file_of_two_encodings_is_refused_by_its_line(tmp_path):
    raw = "a.png,Käse\n".encode() + "b.png,Käse\n".encode("cp1252")
    with pytest.raises(UserError, match=r"Line 1 of x\.csv is UTF-8, while others are not"):
        read(tmp_path, raw)
    with pytest.raises(UserError, match=r"Line 2 of x\.csv is not UTF-8, as the file is"):
        read(tmp_path, b"\xef\xbb\xbf" + raw)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"PK\x03\x04rest", "Excel workbook"),
        (b"PAR1rest", "Parquet"),
        (b"a,b\n\0\0\0\0", "zero bytes"),
        (b"", "is empty"),
        (b"\n \n", "is empty"),
        (b"\x1f\x8bnoise", "cannot be read"),
        (gzip.compress(b"a,b\n1,2\n" * 9999)[:-20], "cannot be read"),
    ],
)
def test_what_is_no_text_is_refused(raw, words, tmp_path):
    with pytest.raises(UserError, match=words):
        read(tmp_path, raw)


def test_rows_that_do_not_fit_are_said_with_their_lines(tmp_path):
    found = read(
        tmp_path, 'file_name,label\na.png,cat\nb.png\nc.png,"big\ncat"\nd.png,"dog\ne.png,x\n'
    )
    assert list(found.rows()) == [
        Line(2, ["a.png", "cat"]),
        BadLine(3, "1 cells; 2 were expected"),
        Line(5, ["c.png", "big\ncat"]),
        BadLine(6, "a quotation mark is not closed: lines 6 to 7 are lost with it"),
    ]


def test_a_line_without_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("ssvae_core.labels.delimited.LONGEST_LINE", 1000)
    with pytest.raises(UserError, match="Line 2 of"):
        read(tmp_path, "a,b\n" + "1," * 1000 + "\n")


def test_nothing_without_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("ssvae_core.labels.delimited.MOST_EMPTY", 1000)
    table = read(tmp_path, "a,b\n1,2\n" + "\n" * 999 + "3,4\n" + '"' + "\r\n" * 2000)
    rows = table.rows()
    assert [next(rows).cells, next(rows).cells] == [["1", "2"], ["3", "4"]]
    with pytest.raises(UserError, match="more than 1,000 empty lines in a row, up to line 2,004"):
        list(rows)
