"""Takes the README's pictures from a running demonstration: `pictures.py [ADDRESS]` after `make run` (default city).

Each page once in Chinese and once in English, 1360 pixels wide, into docs/pictures/. PORTAL_CHROMIUM names a browser.
"""

from __future__ import annotations

import io
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from portal.config import ROOT
from portal.demo.cast import PASSWORD

PICTURES = ROOT / "docs" / "pictures"
ADDRESS = "http://127.0.0.1:8000"
LANGUAGES = ("zh", "en")
WIDTH = 1360
COLOURS = 192  # flat pages lose nothing that can be seen, and the twelve stay small

OPENED = "details.sec:not([open]) > summary"


@dataclass(frozen=True)
class Picture:
    """One page: who looks, where, what is pressed to get there, and how much of its height is shown."""

    name: str
    path: str
    username: str | None = None
    press: tuple[str, ...] = ()
    height: int = 900


SHOWN = (
    Picture("home", "/"),
    Picture("filing", "/filings", "preparer-jinyun-1", ("main a[href*='/filings/2']", OPENED), 1000),
    Picture("queue", "/review?kind=filing", "officer-jinyun"),
    Picture(
        "review", "/review?kind=filing", "officer-jinyun", ("main tr:has(.flag.t-warn) a[href*='/review/']",), 1000
    ),
    Picture("overview", "/overview", "bureau", (), 1000),
    Picture("support", "/support", "preparer-jinyun-1"),
)


def main(address: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    chromium = os.environ.get("PORTAL_CHROMIUM") or "/usr/bin/chromium-headless-shell"
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for lang in LANGUAGES:
            for username in dict.fromkeys(picture.username for picture in SHOWN):
                page = signed_in(browser, address, username, lang)
                for picture in SHOWN:
                    if picture.username == username:
                        take(page, address, picture, lang)
                page.context.close()
        browser.close()


def signed_in(browser: Browser, address: str, username: str | None, lang: str) -> Page:
    """A window of that person; the demonstration's own page shows the code an office needs."""
    page = browser.new_context(
        viewport={"width": WIDTH, "height": 900}, locale={"zh": "zh-CN", "en": "en-GB"}[lang], reduced_motion="reduce"
    ).new_page()
    if username is None:
        return page
    page.goto(f"{address}/sign-in")
    page.fill("#username", username)
    page.fill("#password", PASSWORD)
    page.click("main button[type=submit]")
    if page.locator("#code").count():
        shown = re.search(r"\b\d{6}\b", page.inner_text("main"))
        if shown is None:
            raise SystemExit(f"no code is shown for {username}: is this a demonstration?")
        page.fill("#code", shown[0])
        page.click("main form:has(#code) button[type=submit]")
    page.wait_for_url(f"{address}/")
    return page


def take(page: Page, address: str, picture: Picture, lang: str) -> Path:
    page.set_viewport_size({"width": WIDTH, "height": picture.height})
    page.goto(f"{address}{picture.path}")
    for what in picture.press:
        page.locator(what).first.click()
        page.wait_for_load_state("load")
    file = PICTURES / f"{picture.name}-{lang}.png"
    with Image.open(io.BytesIO(page.screenshot())) as seen:
        seen.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)
    print(file.relative_to(ROOT), file.stat().st_size // 1024, "KiB")
    return file


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/") if len(sys.argv) > 1 else ADDRESS)
