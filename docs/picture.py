"""Draws docs/demo.svg: the terminal after a real run of "blurt demo".

    python3 -m venv build/picture
    build/picture/bin/pip install rich==15.0.0
    build/picture/bin/python docs/picture.py

Lines are only left out, never changed, and dots stand where that was done: the
picture shows the summary, the finding about Django's debug page, the map of one
origin and the end.
"""

import io
import os
import pathlib
import re
import subprocess

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

WIDTH = 80  # what blurt takes where its output is no terminal
COMMAND = ["go", "run", "./cmd/blurt", "demo", "--color", "always"]
ROOT = pathlib.Path(__file__).resolve().parent.parent

THEME = TerminalTheme(
    (24, 26, 32), (216, 220, 228),
    [(60, 64, 74), (236, 95, 103), (140, 200, 110), (236, 190, 90),
     (100, 160, 240), (200, 130, 220), (90, 195, 200), (216, 220, 228)],
    [(120, 126, 140), (255, 120, 125), (165, 220, 135), (250, 210, 120),
     (130, 185, 255), (220, 160, 240), (120, 215, 220), (255, 255, 255)],
)

# Rich's own frame loads a font from elsewhere; this one needs nothing.
FRAME = """<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg" xml:space="preserve" role="img" \
aria-label="Terminal: blurt demo">
<style>
.{unique_id}-matrix {{ font-family: "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: {char_height}px; white-space: pre; \
line-height: {line_height}px; font-variant-east-asian: full-width; }}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: "DejaVu Sans", Arial, sans-serif; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def report():
    """Return the lines of a real report, with its colours."""
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    ran = subprocess.run(COMMAND, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return ran.stdout.rstrip("\n").split("\n")


def shorten(lines):
    plain = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in lines]

    def find(text, start=0):
        return next(i for i in range(start, len(plain)) if text in plain[i])

    rule = find("rule django-debug-page ")
    cert = find("cert-reflection (", rule)
    table = find("Who was answered by which layer")
    row = next(i for i in range(table, len(plain)) if re.match("    GET /internal/balance/ +app 403 ", plain[i]))
    origin = max(i for i in range(table, row) if plain[i].startswith("  https://"))
    dots = "\x1b[2m      ⋮\x1b[0m"
    return [
        *lines[: find("────")],
        *lines[rule - 2 : find("debug-page (", rule)],
        dots,
        *lines[cert : find("error-detail (", cert)],
        dots,
        lines[table],
        *lines[origin : plain.index("", origin) + 1],
        *lines[-2:],
    ]


def main():
    lines = ["\x1b[1;32m$\x1b[0m go run ./cmd/blurt demo", *shorten(report())]
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, legacy_windows=False)
    for line in lines:
        console.print(Text.from_ansi(line), soft_wrap=False, highlight=False)
    picture = console.export_svg(title="blurt demo", theme=THEME, code_format=FRAME, unique_id="blurt")
    (ROOT / "docs" / "demo.svg").write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main()
