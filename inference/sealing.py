"""Keeping a token encrypted: sealed with a key made from SECRET_KEY, so that the database alone doesn't give it away."""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from inference.engines.protocol import NO_SECRET, Secret

PURPOSE = b"tokens of model servers"


def seal(secret: Secret) -> str:
    """The secret as it is stored; nothing for none."""
    return _box().encrypt(secret.reveal().encode()).decode() if secret else ""


def unseal(sealed: str) -> Secret | None:
    """The secret that was sealed; None where SECRET_KEY is another by now, so that it can't be read any more."""
    if not sealed:
        return NO_SECRET
    try:
        return Secret(_box().decrypt(sealed.encode()).decode())
    except InvalidToken:
        return None


def _box() -> MultiFernet:
    """Seals with the present key, and opens what an earlier one sealed."""
    return MultiFernet([_key(text) for text in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(text: str | bytes) -> Fernet:
    material = text.encode() if isinstance(text, str) else text
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(material)
    return Fernet(base64.urlsafe_b64encode(derived))
