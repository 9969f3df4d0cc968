"""A browser without a screen, started by the tests themselves; it comes from npm, or from this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

MODULES = Path(__file__).resolve().parent / "node_modules"
PACKED = MODULES / "@sparticuz" / "chromium"
STYLESHEET = MODULES / "@amsterdam" / "design-system-css" / "dist" / "index.css"
AXE = MODULES / "axe-core" / "axe.min.js"
_DEBIAN = Path("/usr/bin/chromium")
_UNPACK = "import('@sparticuz/chromium').then(async (found) => console.log(await found.default.executablePath()))"
_OPTIONS = ["--headless=shell", "--no-sandbox", "--no-zygote", "--disable-gpu", "--force-color-profile=srgb"]


class Missing(Exception):
    """What these tests need is not on this machine; the text says what to do."""


@contextmanager
def browser() -> Iterator[Browser]:
    """Run a browser for as long as the block lasts; Missing when there is none, or no accessibility checker."""
    if not AXE.exists() or not STYLESHEET.exists():
        raise Missing("The browser is not installed: install node (version 20 or later), then run `make browser`.")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=_program(), args=_OPTIONS)
        yield found
        found.close()


def _program() -> str:
    if _DEBIAN.exists():
        return str(_DEBIAN)
    node = shutil.which("node")
    if node is None:
        raise Missing("There is no browser here: install node (version 20 or later), or Debian's package chromium.")
    unpacked = MODULES / ".browser"  # a place of our own: another user could have put a program in /tmp
    unpacked.mkdir(exist_ok=True)
    told = subprocess.run(
        [node, "-e", _UNPACK],
        cwd=MODULES.parent,
        env={**os.environ, "TMPDIR": str(unpacked)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return told.stdout.strip()
