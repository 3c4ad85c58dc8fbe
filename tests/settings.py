"""Settings of the tests: the application's own, with quick passwords and a scratch folder."""

import os
import tempfile

# Playwright keeps an event loop in the thread that other tests use the database in.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
os.environ.setdefault("VAR_DIR", tempfile.mkdtemp(prefix="arweb-tests-"))

from arweb import settings as own
from arweb.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# It looks through every static file for each client that a test makes; the browser tests have it.
MIDDLEWARE = list(own.MIDDLEWARE)
MIDDLEWARE.remove("arweb.static_files.CompressedFilesMiddleware")
