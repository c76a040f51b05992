"""QR codes, drawn here: no picture library, and nobody else sees what is in them."""

from __future__ import annotations

import qrcode
from qrcode.image.svg import SvgPathImage


def qr_code(text: str) -> bytes:
    """An SVG, black on nothing, with the quiet zone of four modules that readers want."""
    code = qrcode.QRCode(border=4, image_factory=SvgPathImage)
    code.add_data(text)
    return bytes(code.make_image().to_string(encoding="utf-8", xml_declaration=True))
