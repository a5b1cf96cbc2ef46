"""Images of formats that are not read: what to do with them, by name and by content."""

import zipfile

import pytest

from ssvae_core.importing.decoding import decode
from ssvae_core.importing.other_formats import ADVICE, BY_ENDING, advice_by_content
from ssvae_core.importing.pixel_policy import Policy
from tests.support.small_files import encoded, picture, write
from tests.support.small_sources import taken_in

HEADS = {
    "HEIC": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
    "AVIF": b"\0\0\0\x1cftypavif\0\0\0\0",
    "JPEG XL": b"\0\0\0\x0cJXL \r\n\x87\n",
    "JPEG 2000": b"\0\0\0\x0cjP  \r\n\x87\n",
    "PDF": b"%PDF-1.7\n",
    "PSD": b"8BPS\0\1",
    "SVG": b"<svg xmlns=",
    "video": b"\0\0\0\x18ftypisom",
    "raw": b"II*\0\x10\0\0\0CR\2\0",
}


@pytest.mark.parametrize("ending", BY_ENDING)
def test_a_file_of_another_format_gets_advice_by_its_name(ending):
    for name in (f"a{ending}", f"A{ending.upper()}"):
        found = decode(name, b"whatever this is", Policy(side=8))
        assert (found.reason, found.detail) == ("other-format", ADVICE[BY_ENDING[ending]])


@pytest.mark.parametrize("kind", HEADS)
def test_and_by_its_content_whatever_it_is_called(kind):
    """A phone's photo that was sent on as .jpg is often HEIC."""
    found = decode("photo.jpg", HEADS[kind] + bytes(40), Policy(side=8))
    assert (found.reason, found.detail) == ("other-format", ADVICE[kind])


def test_what_is_read_is_read_whatever_it_is_called():
    policy = Policy(side=12, fit="resize", low=0, high=255)
    found = decode("photo.heic", encoded(picture(1), "JPEG"), policy)
    assert found.pixels.shape == (12, 12, 1)
    assert not advice_by_content(encoded(picture(1))[:32])


def test_a_raw_file_is_not_taken_for_the_thumbnail_in_it():
    tiff = encoded(picture(1), "TIFF")
    assert decode("a.nef", tiff, Policy(side=8)).reason == "other-format"
    assert decode("a.tif", tiff, Policy(side=8, fit="resize")).pixels.shape == (8, 8, 1)


@pytest.mark.parametrize("packed", [False, True])
def test_the_report_of_a_folder_or_zip_says_it(packed, tmp_path, root):
    folder = tmp_path / "in"
    write(folder / "good.png", encoded(picture(1)))
    write(folder / "a.heic", HEADS["HEIC"])
    write(folder / "b.jpg", HEADS["HEIC"])
    write(folder / "notes.txt", b"left alone")
    if packed:
        with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
            for path in folder.iterdir():
                archive.write(path, path.name)
    _, report = taken_in(tmp_path / "x.zip" if packed else folder, root)
    files = report.skipped["other-format"].files
    assert sorted(name for name, _ in files) == ["a.heic", "b.jpg"]
    assert all("magick mogrify -format jpg" in advice for _, advice in files)
    assert report.skipped["not-image"].n == 1
    assert report.sentences() == [f"a.heic is {ADVICE['HEIC']}."]
