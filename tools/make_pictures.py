"""Makes the pictures of README from a running demo: the desk with a doubtful item in hand, and a page that goes out.

What: signs in with the demo's account, takes an item in a headless Chromium, and writes docs/pictures/desk.png and letter.png:
`python -m tools.make_pictures --desk ADDRESS --fax R-… --letter R-…`.
Why: a picture made by hand shows last month's desk.
Refuses: a desk without an open item, and an outbox without letters.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from app.settings import DataFolder

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "pictures"
CHROMIUM = "/usr/bin/chromium"
LETTER_WIDTH = 900  # pixels


def desk(address: str, name: str, password: str, fax: str, to: Path) -> None:
    """Sign in, take the item of one fax, and keep what is on the screen."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
        )
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(address)
        page.fill("input[name=name]", name)
        page.fill("input[name=password]", password)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("button", name=f"Take {fax}").first.click()
        page.wait_for_load_state("networkidle")
        page.screenshot(path=to)
        browser.close()


def letter(outbox: Path, reference: str, page: int, to: Path) -> None:
    """One page of a letter, its pixels made square, at a width a browser shows well."""
    with Image.open(sorted(outbox.glob(f"{reference}-*.tif"))[0]) as tiff:
        tiff.seek(page - 1)
        x, y = (float(one) for one in tiff.info["dpi"])
        height = round(LETTER_WIDTH * tiff.height / tiff.width * x / y)
        tiff.convert("L").resize((LETTER_WIDTH, height), Image.Resampling.LANCZOS).quantize(16).save(to, optimize=True)


def main() -> None:
    """From the command line."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--data", type=Path, default=Path("demo-data"))
    asked.add_argument("--desk", required=True, help="the desk's address")
    asked.add_argument("--fax", required=True, help="reference of the fax whose item is shown")
    asked.add_argument("--letter", required=True, help="reference of the fax whose answer is shown")
    asked.add_argument("--page", type=int, default=2, help="page of the letter; the first is the cover")
    given = asked.parse_args()
    folder = DataFolder(given.data.resolve())
    said = dict(line.split(": ", 1) for line in folder.first_sign_in.read_text(encoding="utf-8").splitlines())
    desk(given.desk, said["name"], said["password"], given.fax, PICTURES / "desk.png")
    letter(folder.outbox, given.letter, given.page, PICTURES / "letter.png")


if __name__ == "__main__":
    main()
