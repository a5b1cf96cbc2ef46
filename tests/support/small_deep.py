"""PNG, TIFF and PPM files of 16 bits, written out byte by byte, as Pillow writes none in colour."""

import struct
import zlib

import numpy as np

COLOUR_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}  # of a PNG, by channels


def chunk(kind, data):
    check = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + check


def png(width, height, depth, colour_type, rows, *extra):
    """A PNG of these rows of packed bytes, with other chunks before them."""
    head = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + row for row in rows))
    chunks = (chunk(b"IHDR", head), *extra, chunk(b"IDAT", data), chunk(b"IEND", b""))
    return b"".join((b"\x89PNG\r\n\x1a\n", *chunks))


def deep_png(values, *extra):
    """Of (H, W, C) whole numbers of 16 bits."""
    height, width, channels = values.shape
    rows = [row.astype(">u2").tobytes() for row in values]
    return png(width, height, 16, COLOUR_TYPES[channels], rows, *extra)


def deep_tiff(values, *, big_endian=False, packed=False, planar=False):
    """The same as a TIFF of one strip, or of one for each channel."""
    end = ">" if big_endian else "<"
    height, width, channels = values.shape
    planes = np.moveaxis(values, -1, 0) if planar else [values]
    strips = [plane.astype(f"{end}u2").tobytes() for plane in planes]
    strips = [zlib.compress(strip) for strip in strips] if packed else strips
    tags = {
        256: (4, [width]),
        257: (4, [height]),
        258: (3, [16] * channels),
        259: (3, [8 if packed else 1]),
        262: (3, [2]),
        273: (4, [0] * len(strips)),
        277: (3, [channels]),
        278: (4, [height]),
        279: (4, [len(strip) for strip in strips]),
        284: (3, [2 if planar else 1]),
    }
    if channels == 4:
        tags[338] = (3, [2])
    table = 8 + 2 + 12 * len(tags) + 4
    sizes = {tag: len(said) * (2 if kind == 3 else 4) for tag, (kind, said) in tags.items()}
    begins = table + sum(size for size in sizes.values() if size > 4)
    tags[273] = (4, [begins + sum(map(len, strips[:n])) for n in range(len(strips))])
    entries, beyond = b"", b""
    for tag, (kind, said) in tags.items():
        packed_tag = struct.pack(f"{end}{len(said)}{'H' if kind == 3 else 'I'}", *said)
        entries += struct.pack(f"{end}HHI", tag, kind, len(said))
        if len(packed_tag) > 4:
            entries += struct.pack(f"{end}I", table + len(beyond))
            beyond += packed_tag
        else:
            entries += packed_tag.ljust(4, b"\0")
    magic = b"MM\0*" if big_endian else b"II*\0"
    head = magic + struct.pack(f"{end}IH", 8, len(tags))
    return head + entries + struct.pack(f"{end}I", 0) + beyond + b"".join(strips)


def deep_ppm(values, most=65535):
    height, width, _ = values.shape
    return b"P6\n%d %d\n%d\n" % (width, height, most) + values.astype(">u2").tobytes()
