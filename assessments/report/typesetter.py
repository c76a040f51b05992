"""A program of its own: JSON on standard input, a PDF on standard output. Nothing of the portal is loaded in it.

typst keeps what it has set before, up to 125 MiB a process. Here that ends with the report.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Final

import typst

TEMPLATES = Path(__file__).parent / "typst"
FONTS = Path(__file__).parent / "fonts"
STANDARD: Final = "ua-1"  # PDF/UA: headings, tables and drawings say what they are


def main() -> None:
    order = json.load(sys.stdin.buffer)
    made = typst.compile(
        str(TEMPLATES / order["template"]),
        root=str(TEMPLATES),
        font_paths=typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)]
        ),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(order["data"])},
        pdf_standards=STANDARD,
        timestamp=order["made_at"],
    )
    sys.stdout.buffer.write(made)


if __name__ == "__main__":
    main()
