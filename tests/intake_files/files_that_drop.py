"""Small files as fax servers drop them, and as nobody should: made in the test's own folder."""

from __future__ import annotations

import io
import resource
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from intake.fax import GrayImage


@contextmanager
def no_room_for_files() -> Iterator[None]:
    """No file of this process can grow: writing fails as on a full disk (file too large, by the kernel)."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def fax_image(rows: int = 2156, number: int = 1) -> Image.Image:
    """A 1728-pixel page with a frame, lines of text and a black bar at the top left, so that no turn of it looks like another."""
    image = Image.new("1", (1728, rows), 1)
    draw = ImageDraw.Draw(image)
    draw.rectangle((60, rows // 40, 1660, rows - rows // 40), outline=0, width=6)
    draw.rectangle((100, rows // 20, 800, rows // 8), fill=0)
    for line in range(10):
        draw.text(
            (120, rows // 4 + line * rows // 16),
            f"page {number} line {line}: ANC 1850 per microlitre",
            fill=0,
            font_size=rows // 50,
        )
    return image


def write_tiff(path: Path, pages: int = 1, rows: int = 2156, compression: str = "group4", **settings: object) -> Path:
    """A TIFF-F of that many pages; `settings` go to Pillow (dpi, tiffinfo …)."""
    settings.setdefault("dpi", (204, 196 if rows > 1450 else 98))
    first, *others = [fax_image(rows, number) for number in range(1, pages + 1)]
    first.save(path, "TIFF", save_all=True, append_images=others, compression=compression, **settings)
    return path


def pdf_of(objects: dict[int, bytes], root: int = 1) -> bytes:
    """A PDF from its numbered objects, each as it stands between `obj` and `endobj`."""
    out = bytearray(b"%PDF-1.7\n")
    places = {}
    for number, body in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    last = max(objects)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (last + 1)
    for number in range(1, last + 1):
        out += b"%010d 00000 %s \n" % (places.get(number, 0), b"n" if number in places else b"f")
    out += b"trailer\n<</Size %d/Root %d 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (last + 1, root, table)
    return bytes(out)


def stream(dictionary: str, data: bytes) -> bytes:
    """A stream object."""
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (dictionary.encode(), len(data), data)


def ccitt(image: Image.Image) -> tuple[str, bytes]:
    """An image XObject's dictionary and Group 4 data."""
    kept = io.BytesIO()
    image.save(kept, "TIFF", compression="group4", strip_size=10_000_000)
    kept.seek(0)
    tiff = Image.open(kept)
    (offset,), (size,) = tiff.tag_v2[273], tiff.tag_v2[279]
    data = kept.getvalue()[offset : offset + size]
    white_is_zero = tiff.tag_v2[262] == 0
    dictionary = (
        f"/Type/XObject/Subtype/Image/Width {image.width}/Height {image.height}/ColorSpace/DeviceGray/BitsPerComponent 1"
        f"/Filter/CCITTFaxDecode/DecodeParms<</K -1/Columns {image.width}/Rows {image.height}"
        f"/BlackIs1 {'false' if white_is_zero else 'true'}>>"
    )
    return dictionary, data


def scanned_pdf(
    image: Image.Image, width: float, height: float, matrix: tuple[float, ...] | None = None, page: str = "", beside: bytes = b""
) -> bytes:
    """A PDF of one page that is one CCITT image; `page` is more of its dictionary, `beside` more of its content."""
    dictionary, data = ccitt(image)
    a, b, c, d, e, f = matrix or (width, 0, 0, height, 0, 0)
    content = b"q %f %f %f %f %f %f cm /I Do Q\n%s" % (a, b, c, d, e, f, beside)
    return pdf_of(
        {
            1: b"<</Type/Catalog/Pages 2 0 R>>",
            2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            3: (
                f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {width} {height}]/Contents 4 0 R{page}"
                "/Resources<</XObject<</I 5 0 R>>/Font<</F <</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>"
            ).encode(),
            4: stream("", content),
            5: stream(dictionary, data),
        }
    )


def text_pdf(content: bytes, width: int = 612, height: int = 792, page: str = "", pages: int = 1, root: str = "") -> bytes:
    """A PDF whose pages all show the same content, with Helvetica as /F."""
    kids = b" ".join(b"%d 0 R" % (10 + number) for number in range(pages))
    leaf = (
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {width} {height}]/Contents 4 0 R{page}"
        "/Resources<</Font<</F <</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>"
    ).encode()
    return pdf_of(
        {
            1: f"<</Type/Catalog/Pages 2 0 R{root}>>".encode(),
            2: b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, pages),
            4: stream("", content),
        }
        | {10 + number: leaf for number in range(pages)}
    )


def bare_tiff(tags: dict[int, tuple[int, int]], data: bytes = b"") -> bytes:
    """A one-page little-endian TIFF of LONG and SHORT tags with one value each; the directory first, then the strip (tag 273)."""
    after = 8 + 2 + 12 * (len(tags) + 1) + 4
    out = b"II*\0" + struct.pack("<IH", 8, len(tags) + 1)
    for tag, (kind, value) in sorted((tags | {273: (4, after)}).items()):
        out += struct.pack("<HHII", tag, kind, 1, value)
    return out + b"\0\0\0\0" + data


def set_short(path: Path, tag: int, value: int) -> None:
    """Overwrite a SHORT tag in the first directory of a little-endian TIFF."""
    data = bytearray(path.read_bytes())
    start = struct.unpack_from("<I", data, 4)[0]
    for entry in range(struct.unpack_from("<H", data, start)[0]):
        place = start + 2 + 12 * entry
        if struct.unpack_from("<H", data, place)[0] == tag:
            struct.pack_into("<H", data, place + 8, value)
            path.write_bytes(data)
            return
    raise KeyError(tag)


def likeness(one: GrayImage, other: GrayImage) -> float:
    """1 for the same picture, near 0 for another, by correlation at a coarse size."""
    coarse = [np.asarray(Image.fromarray(image).resize((40, 40), Image.Resampling.BOX), float) for image in (one, other)]
    return float(np.corrcoef(coarse[0].ravel(), coarse[1].ravel())[0, 1])
