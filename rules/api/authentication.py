"""Who asks: the person whose token a request carries."""

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.auth import TokenAuthentication as KnoxAuthentication
from knox.crypto import hash_token
from knox.models import AuthToken
from rest_framework.exceptions import AuthenticationFailed


class TokenAuthentication(KnoxAuthentication):
    """Finds a token by its digest. Knox would delete what expired while it looks; a GET here changes nothing."""

    def authenticate_credentials(self, token: bytes) -> tuple[object, object]:
        """The person and the token. Raises AuthenticationFailed for one unknown, revoked or expired."""
        digest = hash_token(token.decode("latin-1"))
        found = AuthToken.objects.select_related("user").filter(pk=digest).first()
        if found is None or (found.expiry is not None and found.expiry <= timezone.now()):
            raise AuthenticationFailed(_("This token is not known, was revoked, or has expired."))
        person: tuple[object, object] = self.validate_user(found)
        return person


class TokenScheme(OpenApiAuthenticationExtension):
    """How the schema tells of tokens."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        """Made on the page of one's tokens, or by `manage.py api_token`."""
        return {"type": "http", "scheme": "bearer"}
