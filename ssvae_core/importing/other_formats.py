"""Formats of images that are not read, and how to convert each."""

from __future__ import annotations

from pathlib import Path

CONVERT = "convert it to JPEG or PNG, for example with ImageMagick: magick mogrify -format"
RAW = "a camera's raw file: export it as JPEG or TIFF from the camera's software or darktable"
ADVICE = {
    "HEIC": f"HEIC, an iPhone's format: {CONVERT} jpg *.heic (or on a Mac Preview, File, Export)",
    "AVIF": f"AVIF: {CONVERT} png *.avif",
    "JPEG XL": f"JPEG XL: {CONVERT} png *.jxl",
    "JPEG 2000": f"JPEG 2000: {CONVERT} png *.jp2",
    "raw": RAW,
    "SVG": "SVG, a drawing without pixels: export it as PNG in the size you want, from Inkscape",
    "PDF": "PDF: save its pages as images, for example with pdftoppm -png FILE page",
    "EPS": "EPS, a drawing without pixels: export it as PNG in the size you want",
    "PSD": "Photoshop's own format: export it as PNG",
    "XCF": "GIMP's own format: export it as PNG",
    "DICOM": "DICOM: convert it to 16-bit PNG or TIFF, for example with dcm2img",
    "NIfTI": "NIfTI, a volume: save its slices as .npy of shape (n, H, W)",
    "MATLAB": "MATLAB: save the array from Python as .npy or .npz",
    "HDF5": "HDF5: save the array from Python as .npy or .npz",
    "EXR": f"OpenEXR: {CONVERT} png *.exr, or save it as a float TIFF",
    "icon": f"an icon: {CONVERT} png",
    "TGA": f"Targa: {CONVERT} png *.tga",
    "video": "a video: save its frames as images, for example with ffmpeg -i FILE frame%05d.png",
    "pickle": "a pickle, which may run code and is never opened: save its arrays as .npz",
}
ENDINGS = {
    "HEIC": (".heic", ".heif", ".hif"),
    "AVIF": (".avif",),
    "JPEG XL": (".jxl",),
    "JPEG 2000": (".jp2", ".j2k", ".jpx", ".jpf"),
    "raw": (
        *(".dng", ".cr2", ".cr3", ".crw", ".nef", ".nrw", ".arw", ".srf", ".sr2", ".raf", ".orf"),
        *(".rw2", ".pef", ".srw", ".raw", ".rwl", ".iiq", ".3fr", ".x3f", ".kdc", ".dcr", ".erf"),
    ),
    "SVG": (".svg", ".svgz"),
    "PDF": (".pdf", ".ai"),
    "EPS": (".eps", ".ps"),
    "PSD": (".psd", ".psb"),
    "XCF": (".xcf",),
    "DICOM": (".dcm", ".dicom"),
    "NIfTI": (".nii",),
    "MATLAB": (".mat",),
    "HDF5": (".h5", ".hdf5"),
    "EXR": (".exr",),
    "icon": (".ico", ".icns", ".cur"),
    "TGA": (".tga",),
    "video": (".mp4", ".mov", ".avi", ".mkv", ".webm", ".m4v", ".wmv"),
    "pickle": (".pkl", ".pickle"),
}
BY_ENDING = {ending: name for name, endings in ENDINGS.items() for ending in endings}
BRANDS = {
    "HEIC": (b"heic", b"heix", b"hevc", b"heim", b"heis", b"hevx", b"mif1", b"msf1"),
    "AVIF": (b"avif", b"avis"),
    "raw": (b"crx ",),
    "video": (b"isom", b"mp41", b"mp42", b"qt  ", b"M4V "),
}
HEADS = {
    b"\xff\x0a": "JPEG XL",
    b"\0\0\0\x0cJXL ": "JPEG XL",
    b"\0\0\0\x0cjP  ": "JPEG 2000",
    b"\xff\x4f\xff\x51": "JPEG 2000",
    b"%PDF": "PDF",
    b"%!PS": "EPS",
    b"8BPS": "PSD",
    b"gimp xcf": "XCF",
    b"<svg": "SVG",
    b"\x76\x2f\x31\x01": "EXR",
    b"\0\0\1\0": "icon",
    b"icns": "icon",
    b"FUJIFILM": "raw",
    b"\x89HDF": "HDF5",
    b"\x1aE\xdf\xa3": "video",
}
# How long a head is that tells the format.
HEAD_BYTES = 32


def is_raw(name: str, head: bytes) -> bool:
    """Whether it is a camera's raw file, by its content or, where that is a TIFF, by its name."""
    is_tiff = head[:4] in (b"II*\0", b"MM\0*")
    by_name = BY_ENDING.get(Path(name).suffix.lower()) == "raw"
    return (is_tiff and by_name) or advice_by_content(head) == RAW


def advice_by_name(name: str) -> str:
    """What to do with a file of this name; "" if its name is that of no format known here."""
    known = BY_ENDING.get(Path(name).suffix.lower())
    return ADVICE[known] if known else ""


def advice_by_content(head: bytes) -> str:
    """The same of a file that begins so."""
    if head[4:8] == b"ftyp":
        known = next((name for name, brands in BRANDS.items() if head[8:12] in brands), None)
    elif head[8:10] == b"CR" and head[:2] == b"II":  # Canon's raw files are TIFFs otherwise
        known = "raw"
    else:
        known = next((name for start, name in HEADS.items() if head.startswith(start)), None)
    return ADVICE[known] if known else ""
