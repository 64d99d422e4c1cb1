from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter

from intake import errors
from intake.fax import PageSource
from intake.page_scans import open_pages
from tests.intake_files.files_that_drop import ccitt, fax_image, likeness, pdf_of, scanned_pdf, stream, text_pdf, write_tiff

LETTER = (609.88, 792.0)  # 1728 pixels at 204 dots per inch, 2156 rows at 196
TURNS = {
    "upright": (1, 0, 0, 1),
    "upside_down": (-1, 0, 0, -1),
    "mirrored": (-1, 0, 0, 1),
    "flipped": (1, 0, 0, -1),
    "left": (0, 1, -1, 0),
    "right": (0, -1, 1, 0),
    "transposed": (0, 1, 1, 0),
    "transversed": (0, -1, -1, 0),
}


def placed(turn: tuple[int, int, int, int], width: float, height: float) -> tuple[float, ...]:
    """The matrix that lays the image over the whole page in that turn."""
    a, b, c, d = turn
    matrix = [a * width, b * height, c * width, d * height]
    return (*matrix, width if a < 0 or c < 0 else 0, height if b < 0 or d < 0 else 0)


def written(path, data):
    path.write_bytes(data)
    return path


def test_a_scanned_page_is_the_image_itself_in_its_own_pixels(tmp_path):
    for rows, dpi in ((2156, 196), (1078, 98)):
        (page,) = open_pages(written(tmp_path / "a.pdf", scanned_pdf(fax_image(rows), *LETTER)))
        (tiff,) = open_pages(write_tiff(tmp_path / "a.tif", rows=rows))
        assert page.source is PageSource.EMBEDDED
        assert page.original_dpi == pytest.approx((204, dpi), abs=0.1)
        assert np.array_equal(page.image, tiff.image)
        assert page.text == ()


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("turn", TURNS)
def test_a_turned_or_mirrored_image_comes_out_as_a_viewer_shows_it(tmp_path, turn, rotate):
    width, height = LETTER if turn in ("upright", "upside_down", "mirrored", "flipped") else LETTER[::-1]
    data = scanned_pdf(fax_image(1078), width, height, placed(TURNS[turn], width, height), f"/Rotate {rotate}")
    (extracted,) = open_pages(written(tmp_path / "a.pdf", data))
    # a dot of text in the corner makes the page drawn instead of extracted: by pdfium, as any viewer does
    dotted = scanned_pdf(
        fax_image(1078), width, height, placed(TURNS[turn], width, height), f"/Rotate {rotate}", b"BT /F 1 Tf 5 5 Td (.) Tj ET"
    )
    (drawn,) = open_pages(written(tmp_path / "b.pdf", dotted))
    assert (extracted.source, drawn.source) == (PageSource.EMBEDDED, PageSource.RENDERED)
    assert abs(extracted.image.shape[0] - drawn.image.shape[0]) <= 2
    assert abs(extracted.image.shape[1] - drawn.image.shape[1]) <= 2
    assert likeness(extracted.image, drawn.image) > 0.98
    assert sorted(round(dpi) for dpi in extracted.original_dpi) == [98, 204]


def test_an_image_lying_aslant_is_drawn(tmp_path):
    width, height = LETTER
    data = scanned_pdf(fax_image(), width, height, (width, 30, -30, height, 15, -15))
    (page,) = open_pages(written(tmp_path / "a.pdf", data))
    assert page.source is PageSource.RENDERED


def test_a_drawn_page_still_tells_how_coarse_the_scan_behind_it_is(tmp_path):
    data = scanned_pdf(fax_image(1078), *LETTER, beside=b"BT /F 9 Tf 20 780 Td (FROM: 555-555-0142 PAGE 1/1) Tj ET")
    (page,) = open_pages(written(tmp_path / "a.pdf", data))
    assert page.source is PageSource.RENDERED
    assert page.standard_resolution
    assert page.text == (), "a scanned page is read from its pixels"


def test_a_scanners_invisible_text_neither_hides_the_image_nor_counts_as_text(tmp_path):
    data = scanned_pdf(fax_image(), *LETTER, beside=b"BT 3 Tr /F 9 Tf 20 700 Td (ANC 9999 invisible) Tj ET")
    (page,) = open_pages(written(tmp_path / "a.pdf", data))
    assert page.source is PageSource.EMBEDDED
    assert page.text == ()


def test_an_inverted_or_masked_image_comes_out_as_a_viewer_shows_it(tmp_path):
    dictionary, data = ccitt(fax_image())
    (plain,) = open_pages(written(tmp_path / "plain.pdf", scanned_pdf(fax_image(), *LETTER)))
    for change in ("/Decode[1 0]", "/ImageMask true"):
        changed = dictionary.replace("/ColorSpace/DeviceGray", "") if "Mask" in change else dictionary
        content = b"0 0 0 rg q %f 0 0 %f 0 0 cm /I Do Q" % LETTER
        page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %f %f]/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>>>>>" % LETTER
        objects = {
            1: b"<</Type/Catalog/Pages 2 0 R>>",
            2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            3: page,
            4: stream("", content),
            5: stream(dictionary=changed + change, data=data),
        }
        (page_read,) = open_pages(written(tmp_path / "a.pdf", pdf_of(objects)))
        expected = 255 - plain.image if change == "/Decode[1 0]" else plain.image
        size = (plain.image.shape[1], plain.image.shape[0])
        assert likeness(np.asarray(Image.fromarray(page_read.image).resize(size)), expected) > 0.95, change


def test_the_words_of_a_text_page_stand_in_millimetres_from_the_top_left_corner(tmp_path):
    content = b"BT /F 12 Tf 72 720 Td (ANC 1850) Tj ET"
    (page,) = open_pages(written(tmp_path / "a.pdf", text_pdf(content)))
    assert page.source is PageSource.RENDERED
    assert page.image.shape == (2200, 1700)
    assert [word.text for word in page.text] == ["ANC", "1850"]
    first = page.text[0]
    assert first.x0 == pytest.approx(25.4, abs=0.3)
    assert first.y0 < 25.4 < first.y1 + 0.3
    inked = np.argwhere(page.image < 128) * 25.4 / 200
    assert inked[:, 1].min() == pytest.approx(first.x0, abs=0.7)
    assert page.text[1].x1 == pytest.approx(inked[:, 1].max(), abs=0.7)


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_words_lie_on_their_ink_on_turned_and_cropped_pages(tmp_path, rotate):
    content = b"BT /F 30 Tf 200 300 Td (HERE) Tj ET"
    data = text_pdf(content, page=f"/Rotate {rotate}/CropBox[100 100 512 692]")
    (page,) = open_pages(written(tmp_path / "a.pdf", data))
    (word,) = page.text
    inked = np.argwhere(page.image < 128) * 25.4 / 200
    assert word.x0 - 1 <= inked[:, 1].min() <= inked[:, 1].max() <= word.x1 + 1
    assert word.y0 - 1 <= inked[:, 0].min() <= inked[:, 0].max() <= word.y1 + 1


def test_invisible_text_on_a_text_page_is_not_read(tmp_path):
    content = b"BT /F 12 Tf 72 720 Td (shown) Tj 3 Tr 0 -40 Td (hidden) Tj ET"
    (page,) = open_pages(written(tmp_path / "a.pdf", text_pdf(content)))
    assert [word.text for word in page.text] == ["shown"]


FORM = b"""<</Fields[20 0 R 21 0 R 22 0 R]/NeedAppearances true/DA(/Helv 10 Tf 0 g)
/DR<</Font<</Helv <</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>"""
BOX = "<</Type/XObject/Subtype/Form/BBox[0 0 12 12]/Length 27>>stream\n0 0 m 12 12 l 2 w S 0 0 0 rg\nendstream"


def form_pdf() -> bytes:
    """One page with a text field, a tick box and a choice of two."""
    states = {name: f"/AP<</N<</{name} 30 0 R/Off 31 0 R>>>>/AS/Off".encode() for name in ("on", "weekly", "monthly")}
    return pdf_of(
        {
            1: b"<</Type/Catalog/Pages 2 0 R/AcroForm 6 0 R>>",
            2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Annots[20 0 R 21 0 R 23 0 R 24 0 R]>>",
            4: stream("", b""),
            6: FORM,
            20: b"<</Type/Annot/Subtype/Widget/FT/Tx/T(labs:0:anc)/V()/Rect[72 700 200 720]/F 4/DA(/Helv 10 Tf 0 g)>>",
            21: b"<</Type/Annot/Subtype/Widget/FT/Btn/T(ben)/V/Off/Rect[72 650 84 662]/F 4%s>>" % states["on"],
            22: b"<</FT/Btn/Ff 49152/T(monitoring_frequency)/V/Off/Kids[23 0 R 24 0 R]>>",
            23: b"<</Type/Annot/Subtype/Widget/Parent 22 0 R/Rect[72 600 84 612]/F 4%s>>" % states["weekly"],
            24: b"<</Type/Annot/Subtype/Widget/Parent 22 0 R/Rect[172 600 184 612]/F 4%s>>" % states["monthly"],
            30: BOX.encode(),
            31: stream("/Type/XObject/Subtype/Form/BBox[0 0 12 12]", b""),
        }
    )


def test_a_filled_form_yields_its_values_by_field_name_and_shows_them(tmp_path):
    writer = PdfWriter()
    writer.append(PdfReader(io.BytesIO(form_pdf())))
    filled = {"labs:0:anc": "1850", "ben": "/on", "monitoring_frequency": "/monthly"}
    writer.update_page_form_field_values(writer.pages[0], filled, auto_regenerate=False)
    writer.write(tmp_path / "a.pdf")
    (page,) = open_pages(tmp_path / "a.pdf")
    assert page.form_values == {"labs.0.anc": "1850", "ben": True, "monitoring_frequency": "monthly"}
    assert page.source is PageSource.RENDERED
    for left, top, right, bottom in ((72, 700, 200, 720), (72, 650, 84, 662), (172, 600, 184, 612)):
        scale = 200 / 72
        zone = page.image[round((792 - bottom) * scale) : round((792 - top) * scale), round(left * scale) : round(right * scale)]
        assert (zone < 128).any(), "what the form says must also be seen"


def test_a_blank_form_yields_blank_values_and_a_page_without_fields_none(tmp_path):
    (page,) = open_pages(written(tmp_path / "a.pdf", form_pdf()))
    assert page.form_values == {"labs.0.anc": "", "ben": False, "monitoring_frequency": None}
    (page,) = open_pages(written(tmp_path / "b.pdf", text_pdf(b"")))
    assert page.form_values is None


def locked(user: str) -> bytes:
    writer = PdfWriter()
    writer.append(PdfReader(io.BytesIO(text_pdf(b"BT /F 12 Tf 72 720 Td (x) Tj ET"))))
    writer.encrypt(user_password=user, owner_password="owner", algorithm="AES-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_pdf_that_asks_for_a_password_is_refused_as_encrypted(tmp_path):
    with pytest.raises(errors.EncryptedFile):
        open_pages(written(tmp_path / "a.pdf", locked("secret")))


def test_a_pdf_locked_only_against_changes_is_read(tmp_path):
    assert len(open_pages(written(tmp_path / "a.pdf", locked("")))) == 1


def test_a_pdf_of_two_thousand_pages_is_refused_without_drawing_any(tmp_path):
    with pytest.raises(errors.TooManyPages, match="2,000"):
        open_pages(written(tmp_path / "a.pdf", text_pdf(b"BT /F 12 Tf 72 720 Td (x) Tj ET", pages=2000)))


def test_a_photograph_that_claims_to_be_a_metre_wide_is_taken_for_a_letter_page(tmp_path):
    photograph = fax_image().convert("L").resize((2448, 3168))
    photograph.save(tmp_path / "a.pdf", resolution=72)
    (page,) = open_pages(tmp_path / "a.pdf")
    assert page.image.shape[1] == pytest.approx(1700, abs=2)
    assert page.image.shape[0] == pytest.approx(2200, abs=2)


def test_a_page_too_large_to_draw_is_refused(tmp_path):
    with pytest.raises(errors.PageTooLarge):
        open_pages(written(tmp_path / "a.pdf", text_pdf(b"BT /F 12 Tf 72 720 Td (x) Tj ET", width=1000, height=14000)))


def test_a_pdf_without_pages_is_refused(tmp_path):
    nothing = pdf_of({1: b"<</Type/Catalog/Pages 2 0 R>>", 2: b"<</Type/Pages/Kids[]/Count 0>>"})
    with pytest.raises((errors.EmptyFile, errors.DamagedFile)):
        open_pages(written(tmp_path / "a.pdf", nothing))


def test_rubbish_behind_a_pdf_header_is_refused_as_damaged(tmp_path):
    with pytest.raises(errors.DamagedFile):
        open_pages(written(tmp_path / "a.pdf", b"%PDF-1.4\n" + bytes(range(256)) * 20))


def test_an_undrawable_page_among_good_ones_becomes_a_page_that_says_so(tmp_path):
    data = text_pdf(b"BT /F 12 Tf 72 720 Td (x) Tj ET", pages=3)
    broken = data.replace(b"11 0 obj\n<</Type/Page/", b"11 0 obj\n<</Type/Nope", 1)
    broken = broken.replace(b"11 0 obj\n", b"11 0 obj\n(no)%", 1)
    first, second, third = open_pages(written(tmp_path / "a.pdf", broken))
    assert (first.damaged_rows, third.damaged_rows) == (0, 0)
    assert second.damaged_rows > 1000
    assert (second.image < 128).mean() > 0.1
