"""Take pictures of HTML pages in headless Chromium: phone and desktop, light and dark.

python tools/screenshots.py OUT PAGE...    OUT/NAME-WIDTH-THEME.png of every page

Needs Playwright and a Chromium (Debian's, or the one that `playwright install chromium` fetches).
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

WIDTHS = (390, 1280)
THEMES = ("light", "dark")


def main(out: Path, pages: list[Path]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        for page in pages:
            for width in WIDTHS:
                for theme in THEMES:
                    print(take(browser, page, out, width, theme))
        browser.close()


def take(browser: Browser, path: Path, out: Path, width: int, theme: str) -> Path:
    """Picture a whole page; an error where it asks a server or is wider than the window."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if theme == "dark" else "light",
        offline=True,
    )
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.resolve().as_uri())
    name = path.stem if path.stem != "report" else path.resolve().parent.name
    target = out / f"{name}-{width}-{theme}.png"
    page.screenshot(path=target, full_page=True)
    widest = page.evaluate("document.documentElement.scrollWidth")
    context.close()
    if len(asked) > 1 or widest > width:
        raise SystemExit(f"{path}: asks for {asked[1:]}, {widest} px wide in {width} px")
    return target


if __name__ == "__main__":
    if len(sys.argv) < 3:
        raise SystemExit(__doc__)
    main(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]])
