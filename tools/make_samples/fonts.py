"""The letters the samples are written with: typewriter fonts of the system, handwriting fonts fetched from npm.

What: a font file by name, as FreeType reads it. Handwriting comes as `@fontsource/NAME` packages (all under the OFL), fetched
with the ordinary npm client into a cache outside the repository and unpacked to TrueType with fonttools.
Why: only finished faxes are committed, so neither fonts nor their licences travel with the project.
Refuses: a missing font, with the command that would bring it.
"""

from __future__ import annotations

import os
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont
from PIL import ImageFont

SYSTEM_FOLDERS = (Path("/usr/share/fonts"), Path.home() / ".local/share/fonts")
TYPED: Mapping[str, str] = {
    "dejavu-mono": "DejaVuSansMono.ttf",
    "dejavu-mono-bold": "DejaVuSansMono-Bold.ttf",
    "liberation-mono": "LiberationMono-Regular.ttf",
    "liberation-sans": "LiberationSans-Regular.ttf",
    "liberation-serif": "LiberationSerif-Regular.ttf",
}
"""Typed letters by the name the samples use (Debian: fonts-dejavu, fonts-liberation)."""
HANDWRITTEN = (
    "architects-daughter", "caveat", "coming-soon", "gaegu", "handlee", "indie-flower", "kalam", "nanum-pen-script",
    "patrick-hand", "reenie-beanie", "schoolbell", "shadows-into-light",
)  # fmt: skip
"""Handwriting fonts: `@fontsource/NAME` on npm, each with latin letters and digits."""
FONT_VERSION = "5"
"""Major version of the fontsource packages."""


def cache_folder() -> Path:
    """Where fetched fonts are kept: REMSFAX_FONT_CACHE, else the user's cache."""
    given = os.environ.get("REMSFAX_FONT_CACHE")
    return Path(given) if given else Path.home() / ".cache" / "remsfax-sample-fonts"


@cache
def font_file(name: str) -> Path:
    """The TrueType file of a font by its name here. Raises FileNotFoundError where a typed font is not installed."""
    if name not in TYPED:
        return _handwriting_file(name)
    wanted = TYPED[name]
    for folder in SYSTEM_FOLDERS:
        for found in sorted(folder.rglob(wanted)):
            return found
    raise FileNotFoundError(f"{wanted} is not installed; on Debian: apt-get install fonts-dejavu fonts-liberation")


@cache
def font(name: str, pixels: int) -> ImageFont.FreeTypeFont:
    """A font at a size in pixels, laid out by FreeType alone so that every machine draws the same."""
    return ImageFont.truetype(str(font_file(name)), pixels, layout_engine=ImageFont.Layout.BASIC)


@cache
def cap_height(name: str) -> float:
    """The height of a capital H as a share of the font's size: fonts of one size differ by half in what stands on paper."""
    box = font(name, 1000).getbbox("H")
    return (box[3] - box[1]) / 1000


def _handwriting_file(name: str) -> Path:
    kept = cache_folder() / f"{name}.ttf"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as folder:
            _unpack_font(_npm_pack(f"@fontsource/{name}@{FONT_VERSION}", Path(folder)), kept)
    return kept


def _npm_pack(package: str, folder: Path) -> Path:
    """The package's tarball, fetched by npm as it is set up on this machine."""
    done = subprocess.run(["npm", "pack", "--silent", package], cwd=folder, check=True, capture_output=True, text=True)
    return folder / done.stdout.strip().splitlines()[-1]


def _unpack_font(tarball: Path, kept: Path) -> None:
    with tarfile.open(tarball) as packed:
        names = sorted(name for name in packed.getnames() if name.endswith("-latin-400-normal.woff"))
        if not names:
            raise FileNotFoundError(f"{tarball.name} holds no latin font of weight 400")
        member = packed.extractfile(names[0])
        assert member is not None
        opened = TTFont(member)
        opened.flavor = None
        opened.save(kept.with_suffix(".part"))
    kept.with_suffix(".part").rename(kept)
