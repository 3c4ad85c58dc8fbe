"""A picture as a vision model is sent it: upright, small enough, written into the request itself."""

import base64
import io

from inference.engines.ocr import decoded

LONGEST_SIDE = 1280
"""Pixels of the longer side: print on a package is readable, and a picture costs some 1,500 tokens at most."""
QUALITY = 85
PREFIX = "data:image/jpeg;base64,"


def data_address(content: bytes) -> str:
    """The picture as a data address: the same bytes always give the same one. Raises UnreadableError."""
    image = decoded(content)
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    written = io.BytesIO()
    image.save(written, "JPEG", quality=QUALITY)
    return PREFIX + base64.b64encode(written.getvalue()).decode()
