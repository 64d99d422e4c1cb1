from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageOps, TiffImagePlugin

from intake import errors
from intake.fax import PageSource
from intake.page_scans import open_pages
from tests.intake_files.files_that_drop import bare_tiff, fax_image, likeness, set_short, write_tiff


@pytest.mark.parametrize("compression", ["group3", "group4", "raw", "tiff_lzw", "packbits"])
def test_a_fine_page_comes_out_square_at_200_dots_per_inch(tmp_path, compression):
    (page,) = open_pages(write_tiff(tmp_path / "a.tif", compression=compression))
    assert page.image.shape == (2200, 1694)
    assert page.image.dtype == np.uint8
    assert page.dpi == 200.0
    assert page.original_dpi == (204.0, 196.0)
    assert page.source is PageSource.TIFF
    assert not page.standard_resolution


def test_a_standard_page_has_its_rows_stretched_and_says_so(tmp_path):
    (fine,) = open_pages(write_tiff(tmp_path / "fine.tif"))
    (standard,) = open_pages(write_tiff(tmp_path / "standard.tif", rows=1078))
    assert standard.image.shape == fine.image.shape
    assert standard.standard_resolution
    assert likeness(standard.image, fine.image) > 0.97


def test_black_stays_black_for_either_photometric_and_either_fill_order(tmp_path):
    (plain,) = open_pages(write_tiff(tmp_path / "plain.tif"))
    assert Image.open(tmp_path / "plain.tif").tag_v2[262] == 1
    ImageOps.invert(fax_image().convert("L")).convert("1").save(
        tmp_path / "white_is_zero.tif", compression="group4", dpi=(204, 196)
    )
    set_short(tmp_path / "white_is_zero.tif", 262, 0)
    write_tiff(tmp_path / "reversed_bits.tif", tiffinfo={266: 2})
    for name in ("white_is_zero", "reversed_bits"):
        (page,) = open_pages(tmp_path / f"{name}.tif")
        assert likeness(page.image, plain.image) > 0.99, name


def test_all_pages_come_in_order(tmp_path):
    pages = open_pages(write_tiff(tmp_path / "a.tif", pages=4))
    assert [page.number for page in pages] == [1, 2, 3, 4]
    assert len({page.image.tobytes() for page in pages}) == 4


def test_an_untagged_fax_page_is_known_by_its_width_and_rows(tmp_path):
    for rows, dpi in ((2156, (204.0, 196.0)), (1078, (204.0, 98.0))):
        fax_image(rows).save(tmp_path / "a.tif", compression="group4")
        (page,) = open_pages(tmp_path / "a.tif")
        assert page.original_dpi == dpi
        assert page.image.shape == (2200, 1694)


def test_resolution_in_centimetres_is_understood_also_where_the_unit_is_left_out(tmp_path):
    for unit in (3, 1):
        tags = TiffImagePlugin.ImageFileDirectory_v2()
        tags[282], tags[283], tags[296] = TiffImagePlugin.IFDRational(8031, 100), TiffImagePlugin.IFDRational(3850, 100), unit
        fax_image(1078).save(tmp_path / "a.tif", compression="group4", tiffinfo=tags)
        (page,) = open_pages(tmp_path / "a.tif")
        assert page.original_dpi == pytest.approx((204.0, 97.8), abs=0.1)


def test_the_receivers_damage_tags_are_carried(tmp_path):
    for tags, rows in (({326: 7, 328: 3}, 7), ({328: 12}, 12), ({327: 1}, 1), ({327: 0}, 0), ({}, 0)):
        info = TiffImagePlugin.ImageFileDirectory_v2()
        for tag, value in tags.items():
            info[tag] = value
            info.tagtype[tag] = 4
        (page,) = open_pages(write_tiff(tmp_path / "a.tif", tiffinfo=info))
        assert page.damaged_rows == rows, tags


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "LA", "P", "CMYK", "I;16", "F", "I"])
def test_pages_that_no_fax_machine_writes_come_out_gray_with_dark_ink(tmp_path, mode):
    gray = fax_image().convert("L").resize((850, 1100))
    if mode in ("I;16", "I", "F"):
        wide = np.asarray(gray).astype({"I;16": np.uint16, "I": np.int32, "F": np.float32}[mode]) * 200
        image = Image.fromarray(wide)
    elif mode == "RGBA":
        image = Image.merge("RGBA", [Image.new("L", gray.size, 0)] * 3 + [gray.point(lambda value: 255 - value)])
    else:
        image = gray.convert(mode)
    image.save(tmp_path / "a.tif", dpi=(100, 100))
    (page,) = open_pages(tmp_path / "a.tif")
    (plain,) = open_pages(write_tiff(tmp_path / "plain.tif"))
    assert page.image.shape == (2200, 1700)
    assert likeness(page.image, plain.image) > 0.95


def test_a_page_stored_sideways_is_turned_with_its_resolution(tmp_path):
    sideways = fax_image(1078).transpose(Image.Transpose.ROTATE_90)
    sideways.save(tmp_path / "a.tif", compression="group4", dpi=(98, 204), tiffinfo={274: 6})
    (page,) = open_pages(tmp_path / "a.tif")
    (plain,) = open_pages(write_tiff(tmp_path / "plain.tif", rows=1078))
    assert page.original_dpi == (204.0, 98.0)
    assert page.image.shape == plain.image.shape
    assert likeness(page.image, plain.image) > 0.99


def test_thumbnails_beside_the_pages_are_no_pages(tmp_path):
    small = TiffImagePlugin.ImageFileDirectory_v2()
    small[254] = 1
    with TiffImagePlugin.AppendingTiffWriter(tmp_path / "a.tif", True) as out:
        fax_image().save(out, "TIFF", compression="group4", dpi=(204, 196))
        out.newFrame()
        fax_image().resize((172, 215)).save(out, "TIFF", compression="group4", tiffinfo=small)
    assert len(open_pages(tmp_path / "a.tif")) == 1


@pytest.mark.parametrize("compression", ["group3", "group4"])
def test_a_page_cut_in_its_only_strip_keeps_what_came_and_counts_the_rest_as_damaged(tmp_path, compression):
    whole = Image.open(write_tiff(tmp_path / "whole.tif", compression=compression, strip_size=10_000_000))
    (offset,), (size,) = whole.tag_v2[273], whole.tag_v2[279]
    data = (tmp_path / "whole.tif").read_bytes()[offset : offset + size // 2]  # the disk was full
    kinds = {256: 3, 257: 3, 259: 3, 262: 3, 266: 3, 277: 3, 278: 4, 292: 4}
    tags = {tag: (kind, int(whole.tag_v2[tag])) for tag, kind in kinds.items() if tag in whole.tag_v2}
    (tmp_path / "cut.tif").write_bytes(bare_tiff(tags | {258: (3, 1), 279: (4, size)}, data))
    (page,) = open_pages(tmp_path / "cut.tif")
    (plain,) = open_pages(tmp_path / "whole.tif")
    assert page.image.shape == plain.image.shape
    assert page.damaged_rows > 100
    assert likeness(page.image[:800], plain.image[:800]) > 0.9


def test_a_broken_strip_among_good_ones_costs_only_its_own_rows(tmp_path):
    write_tiff(tmp_path / "a.tif", compression="tiff_adobe_deflate", strip_size=20_000)
    tags = Image.open(tmp_path / "a.tif").tag_v2
    assert len(tags[273]) > 4
    spoilt = bytearray((tmp_path / "a.tif").read_bytes())
    spoilt[tags[273][2] : tags[273][2] + 20] = b"\xff" * 20
    (tmp_path / "b.tif").write_bytes(spoilt)
    (page,) = open_pages(tmp_path / "b.tif")
    (plain,) = open_pages(tmp_path / "a.tif")
    assert page.damaged_rows == tags[278]
    rows = round(tags[278] * 200 / 196)
    assert likeness(page.image[3 * rows + 5 :], plain.image[3 * rows + 5 :]) > 0.99


def test_a_page_that_cannot_be_decoded_among_good_ones_becomes_a_page_that_says_so(tmp_path):
    write_tiff(tmp_path / "a.tif", pages=3)
    tiff = Image.open(tmp_path / "a.tif")
    tiff.seek(1)
    spoilt = bytearray((tmp_path / "a.tif").read_bytes())
    for offset, size in zip(tiff.tag_v2[273], tiff.tag_v2[279], strict=True):
        spoilt[offset : offset + size] = b"\0" * size
    (tmp_path / "b.tif").write_bytes(spoilt)
    first, second, third = open_pages(tmp_path / "b.tif")
    assert (first.damaged_rows, third.damaged_rows) == (0, 0)
    assert second.damaged_rows > 1000
    assert (second.image < 128).mean() > 0.1, "a page with little ink would be taken for a blank one"


def test_a_file_that_ends_early_keeps_its_whole_pages_and_says_there_may_be_more(tmp_path):
    write_tiff(tmp_path / "a.tif", pages=3)
    tiff = Image.open(tmp_path / "a.tif")
    tiff.seek(2)
    data = (tmp_path / "a.tif").read_bytes()
    (tmp_path / "b.tif").write_bytes(data[: tiff._frame_pos[2] + 3])
    pages = open_pages(tmp_path / "b.tif")
    assert [page.number for page in pages] == [1, 2, 3]
    assert [page.damaged_rows > 0 for page in pages] == [False, False, True]


def test_a_tiff_without_any_decodable_page_is_refused_as_damaged(tmp_path):
    write_tiff(tmp_path / "a.tif")
    data = (tmp_path / "a.tif").read_bytes()
    (tmp_path / "b.tif").write_bytes(data[:9])
    with pytest.raises(errors.DamagedFile):
        open_pages(tmp_path / "b.tif")


def test_a_ring_of_pages_ends(tmp_path):
    write_tiff(tmp_path / "a.tif", pages=2)
    tiff = Image.open(tmp_path / "a.tif")
    tiff.seek(1)
    first, second = tiff._frame_pos[0], tiff._frame_pos[1]
    data = bytearray((tmp_path / "a.tif").read_bytes())
    entries = int.from_bytes(data[second : second + 2], "little")
    link = second + 2 + 12 * entries
    data[link : link + 4] = first.to_bytes(4, "little")
    (tmp_path / "b.tif").write_bytes(data)
    assert len(open_pages(tmp_path / "b.tif")) == 2


def test_a_page_of_absurd_size_is_refused_before_it_is_decoded(tmp_path):
    tags = {256: (4, 100_000), 257: (4, 100_000), 258: (3, 1), 259: (3, 4), 262: (3, 0), 278: (4, 100_000), 279: (4, 4)}
    (tmp_path / "a.tif").write_bytes(bare_tiff(tags, b"\0\0\0\0"))
    with pytest.raises(errors.PageTooLarge):
        open_pages(tmp_path / "a.tif")
