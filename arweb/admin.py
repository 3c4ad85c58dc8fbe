"""What the admin leaves out: tokens are made and revoked by their owners, and told to the audit trail."""

from django.contrib import admin
from knox.models import AuthToken

admin.site.unregister(AuthToken)
