"""What can still be had of a TIFF page that Pillow gives up on: strip by strip, fax-coded ones by pdfium. Runs in the child.

What: a page whose broken strips are white and counted as damaged rows.
Why: a fax cut off while it was written ends in half a strip; libtiff then refuses the whole page, or all of a page in one
strip.
Refuses: tiles, planes and sizes that do not add up: OSError, and the page counts as undecodable.
"""

from __future__ import annotations

import io
from pathlib import Path

import pypdfium2
from PIL import Image, TiffImagePlugin

COMPRESSION, PHOTOMETRIC, FILL_ORDER, STRIP_OFFSETS, ROWS_PER_STRIP, STRIP_BYTES = 259, 262, 266, 273, 278, 279
PLANAR, T4_OPTIONS, PREDICTOR, TILE_WIDTH = 284, 292, 317, 322
FAX_CODED = frozenset({2, 3, 4})
COPIED = (256, 258, 259, 262, 266, 277, 284, 292, 293, 317, 320, 338, 339, 347, 530)  # what one strip needs to be decoded alone
REVERSED_BITS = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def rescued(path: Path, tags: dict[int, object], width: int, height: int) -> tuple[Image.Image, int]:
    """The page with its broken strips white, and how many rows are lost. Raises OSError when nothing can be had."""
    offsets, counts = _numbers(tags.get(STRIP_OFFSETS)), _numbers(tags.get(STRIP_BYTES))
    rows = tags.get(ROWS_PER_STRIP, height)
    if TILE_WIDTH in tags or tags.get(PLANAR, 1) != 1 or not offsets or not isinstance(rows, int) or rows < 1:
        raise OSError("tiles or planes that cannot be decoded")
    rows = min(rows, height)
    if len(offsets) > 20_000 or (len(offsets) - 1) * rows >= height + rows:
        raise OSError("strips that do not add up to the page")
    data = path.read_bytes()
    page: Image.Image | None = None
    lost = 0
    for index, offset in enumerate(offsets):
        top = index * rows
        here = min(rows, height - top)
        if here <= 0:
            break
        size = counts[index] if index < len(counts) else len(data) - offset
        strip = data[offset : offset + size]
        try:
            piece, missing = _strip(strip, tags, width, here)
        except OSError:
            lost += here
            continue
        if len(strip) < size and not missing:  # libtiff says nothing when a fax-coded strip just ends
            missing = _whitened_below(piece)
        if page is None:
            page = Image.new(piece.mode, (width, height), _white(piece.mode))
        page.paste(piece, (0, top))
        lost += missing
    if page is None:
        raise OSError("no strip can be decoded")
    return page, lost


def _strip(data: bytes, tags: dict[int, object], width: int, rows: int) -> tuple[Image.Image, int]:
    if not data:
        raise OSError("an empty strip")
    try:
        alone = Image.open(io.BytesIO(_tiff_of_one_strip(data, tags, rows)), formats=("TIFF",))
        alone.load()
    except (OSError, SyntaxError, ValueError) as trouble:
        if tags.get(COMPRESSION) not in FAX_CODED:
            raise OSError(str(trouble)) from trouble
        return _by_pdfium(data, tags, width, rows)
    return alone, 0


def _tiff_of_one_strip(data: bytes, tags: dict[int, object], rows: int) -> bytes:
    directory = TiffImagePlugin.ImageFileDirectory_v2()
    for tag in COPIED:
        if tag in tags:
            directory[tag] = tags[tag]
    directory[257] = rows
    directory[ROWS_PER_STRIP] = rows
    directory[STRIP_BYTES] = len(data)
    directory[STRIP_OFFSETS] = 0  # counted from the directory's end when it is saved
    out = io.BytesIO()
    directory.save(out)
    out.write(data)
    return out.getvalue()


def _by_pdfium(data: bytes, tags: dict[int, object], width: int, rows: int) -> tuple[Image.Image, int]:
    """A fax-coded strip through pdfium, which keeps what stands before the break; rows of one colour at the end count as lost."""
    if tags.get(FILL_ORDER) == 2:
        data = data.translate(REVERSED_BITS)
    compression, options = tags.get(COMPRESSION), tags.get(T4_OPTIONS, 0)
    two_dimensional = isinstance(options, int) and options & 1
    k = -1 if compression == 4 else (1 if compression == 3 and two_dimensional else 0)
    aligned = "true" if compression == 2 else "false"
    black_is_1 = "false" if tags.get(PHOTOMETRIC, 0) == 0 else "true"
    parameters = f"/K {k} /Columns {width} /Rows {rows} /BlackIs1 {black_is_1} /EncodedByteAlign {aligned}"
    try:
        with pypdfium2.PdfDocument(_pdf_of_one_image(data, parameters, width, rows)) as pdf:
            bitmap = pdf[0].render(scale=1, grayscale=True, no_smoothimage=True)
            image = bitmap.to_pil().convert("L").copy()
    except (pypdfium2.PdfiumError, ValueError) as trouble:
        raise OSError(f"fax coding that cannot be read: {trouble}") from trouble
    missing = _whitened_below(image)
    if missing == rows:
        raise OSError("fax coding without a readable line")
    return image, max(1, missing)


def _whitened_below(image: Image.Image) -> int:
    """Makes the rows below the last one that is not all of one colour white, and counts them: there the decoder had given up."""
    drawn = image.height
    gray = image if image.mode in ("1", "L") else image.convert("L")
    while drawn:
        low, high = gray.crop((0, drawn - 1, gray.width, drawn)).getextrema()
        if low != high:
            break
        drawn -= 1
    if drawn < image.height:
        image.paste(_white(image.mode), (0, drawn, image.width, image.height))
    return image.height - drawn


def _pdf_of_one_image(data: bytes, parameters: str, width: int, rows: int) -> bytes:
    content = f"q {width} 0 0 {rows} 0 0 cm /I Do Q".encode()
    image = (
        f"<</Type/XObject/Subtype/Image/Width {width}/Height {rows}/ColorSpace/DeviceGray/BitsPerComponent 1"
        f"/Filter/CCITTFaxDecode/DecodeParms<<{parameters}>>/Length {len(data)}>>stream\n"
    ).encode()
    page = f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {width} {rows}]/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>>>>>".encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        page,
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        image + data + b"\nendstream",
    ]
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj" % number + body + b"\nendobj\n"
    table = len(out)
    out += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % table
    return bytes(out)


def _numbers(value: object) -> list[int]:
    if isinstance(value, int):
        return [value]
    return [one for one in value if isinstance(one, int)] if isinstance(value, tuple) else []


def _white(mode: str) -> int | tuple[int, ...]:
    whites: dict[str, int | tuple[int, ...]] = {"1": 255, "L": 255, "RGB": (255,) * 3, "CMYK": (0,) * 4, "RGBA": (255,) * 4}
    return whites.get(mode, 0)
