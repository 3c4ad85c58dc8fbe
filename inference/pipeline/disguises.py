"""Words in disguise: a text as a model might read it behind other letters, spaces, codes or encodings."""

import base64
import binascii
import codecs
import html
import re
import string
import unicodedata
from collections.abc import Callable, Iterator
from urllib.parse import unquote

from inference.knowledge.traditional import simplified

LONGEST = 2000
"""Characters of a text that are looked at, blanks folded; a model reads 1,000 of a query or a title."""
MOST_DECODED = 8
"""Pieces of a text that are decoded in each way."""
LOOKALIKES = str.maketrans("аеорсухіјѕԁԛԝьмнтвкαοιεντρυχκ", "aeopcyxijsdqwbmhtbkaoievtpyxk")
"""Cyrillic and Greek letters that look like Latin ones."""
FIGURES = str.maketrans("013457@$!", "oieastasi")
SPACED = re.compile(r"(?<![a-z])[a-z](?:[ .·\-_*|/]{1,3}[a-z]){5,}(?![a-z])")
APART = re.compile(r"[ .·\-_*|/]+")
BETWEEN = re.compile(r"(?<=[\u4e00-\u9fff])[^\w\u4e00-\u9fff]+|[^\w\u4e00-\u9fff]+(?=[\u4e00-\u9fff])|_+")
"""What stands beside a Chinese character and is neither letter nor figure."""
BASE64 = re.compile(r"[A-Za-z0-9+/_\-]{12,}={0,2}")
BASE32 = re.compile(r"[A-Z2-7]{16,}={0,6}")
HEX = re.compile(r"(?:(?:0x|\\x)?[0-9a-fA-F]{2}[ ,:]?){8,}")
ESCAPED = re.compile(r"(?:\\u\{?[0-9a-fA-F]{4,5}\}?|\\x[0-9a-fA-F]{2}|[Uu]\+[0-9a-fA-F]{4,5} ?){3,}")
ESCAPE = re.compile(r"(?:\\u\{?|\\x|[Uu]\+)([0-9a-fA-F]{2,5})")
BITS = re.compile(r"(?:[01]{8} ?){6,}")
CODES = re.compile(r"(?:\d{2,5}[ ,]+){7,}\d{2,5}")
TAGS = range(0xE0020, 0xE007F)
"""Characters that show nothing and stand for ASCII."""


def folded(text: str) -> str:
    """One way to write every word: simplified, narrow, lower case, without what nobody sees, Latin letters for those like them."""
    seen = "".join(one for one in text if unicodedata.category(one) not in ("Cf", "Cs", "Cn", "Co"))
    plain = " ".join(unicodedata.normalize("NFKC", seen).lower().split())[:LONGEST]
    stripped = "".join(one for one in unicodedata.normalize("NFD", plain) if not unicodedata.combining(one))
    return simplified(unicodedata.normalize("NFC", stripped)).translate(LOOKALIKES)


def readings(text: str) -> Iterator[str]:
    """The folded text, and as it reads with gaps closed and figures for letters undone."""
    plain = folded(text)
    yield plain
    closed = BETWEEN.sub("", plain)
    if closed != plain:
        yield closed
    together = SPACED.sub(lambda match: APART.sub("", match[0]), plain)
    if together != plain:
        yield together
    unfigured = plain.translate(FIGURES)
    if unfigured != plain:
        yield unfigured


def decoded(text: str) -> Iterator[str]:
    """What stands in a text in an encoding, as far as it gives readable words."""
    text = " ".join(text.split())[:LONGEST]
    hidden = "".join(chr(ord(one) - 0xE0000) for one in text if ord(one) in TAGS)
    whole = (hidden, html.unescape(text), unquote(text), codecs.encode(text, "rot13"), text[::-1])
    yield from (one for one in whole if one and one != text)
    for pattern, decode in PIECES:
        for match in list(pattern.finditer(text))[:MOST_DECODED]:
            if found := _words(decode, match[0]):
                yield found


def _words(decode: Callable[[str], bytes | str], piece: str) -> str:
    """A piece decoded, or nothing where no readable words come of it."""
    try:
        raw = decode(piece)
    except (ValueError, OverflowError, binascii.Error):
        return ""
    said = raw if isinstance(raw, str) else _text(raw)
    return said if len(said) > 3 and sum(one.isprintable() or one.isspace() for one in said) >= 0.9 * len(said) else ""


def _text(raw: bytes) -> str:
    """Bytes as text, in the two encodings that Chinese comes in."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return ""


def _from_base64(piece: str) -> bytes:
    plain = piece.rstrip("=").translate(str.maketrans("-_", "+/"))
    return base64.b64decode(plain + "=" * (-len(plain) % 4))


def _from_base32(piece: str) -> bytes:
    plain = piece.rstrip("=")
    return base64.b32decode(plain + "=" * (-len(plain) % 8))


def _from_hex(piece: str) -> bytes:
    return bytes.fromhex("".join(one for one in re.sub(r"0x|\\x", "", piece) if one in string.hexdigits))


def _from_escapes(piece: str) -> str:
    return "".join(chr(int(code, 16)) for code in ESCAPE.findall(piece))


def _from_bits(piece: str) -> bytes:
    bits = piece.replace(" ", "")
    return bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits) // 8 * 8, 8))


def _from_codes(piece: str) -> str:
    return "".join(chr(int(code)) for code in re.findall(r"\d+", piece))


PIECES: tuple[tuple[re.Pattern[str], Callable[[str], bytes | str]], ...] = (
    (BASE64, _from_base64),
    (BASE32, _from_base32),
    (HEX, _from_hex),
    (ESCAPED, _from_escapes),
    (BITS, _from_bits),
    (CODES, _from_codes),
)
