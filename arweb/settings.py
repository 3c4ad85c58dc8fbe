"""Every setting, read from the environment in one place. `.env.example` explains each name.

Without any, ARWeb is embedded: SQLite, a worker thread in the web process, everything it writes
under `var/`. `DATABASE_URL` and `REDIS_URL` make the same code run on PostgreSQL and Redis.
"""

from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from arweb.environment import (
    address,
    flag,
    folders,
    hosts,
    kept_folder,
    listed,
    load_env_file,
    networks,
    number,
    secret_key,
    text,
)

BASE_DIR = Path(__file__).resolve().parent.parent


load_env_file(BASE_DIR / ".env")

VAR_DIR = kept_folder("VAR_DIR", BASE_DIR / "var")

DEBUG = flag("DEBUG", default=False)
SECRET_KEY = secret_key(VAR_DIR)
HOST = text("HOST", "127.0.0.1")
PORT = number("PORT", 8000, least=1, most=65535)
ALLOWED_HOSTS = listed("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = listed("CSRF_TRUSTED_ORIGINS")
REDIS_URL = text("REDIS_URL")
EMBEDDED = not REDIS_URL
"""Whether this process runs its own worker thread instead of leaving tasks to workers on Redis."""

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "csp",
    "django_htmx",
    "template_partials",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "knox",
    "rules",
    "annotation",
    "inference",
    "arweb",
]

MIDDLEWARE = [
    "arweb.origins.OriginMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "arweb.static_files.CompressedFilesMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "arweb.middleware.SignInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "arweb.middleware.not_allowed",
]

ROOT_URLCONF = "arweb.urls"
WSGI_APPLICATION = "arweb.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "arweb.context.frame",
            ],
        },
    }
]


def database() -> dict[str, Any]:
    """DATABASE_URL, or SQLite under `VAR_DIR` in WAL mode with writers that queue up instead of failing."""
    config: dict[str, Any] = dict(
        dj_database_url.parse(
            text("DATABASE_URL", f"sqlite:///{VAR_DIR / 'arweb.sqlite3'}"), conn_max_age=60, conn_health_checks=True
        )
    )
    if config["ENGINE"] == "django.db.backends.sqlite3":
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32000;",
        }
    return config


DATABASES = {"default": database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"

USE_I18N = True
USE_TZ = True
TIME_ZONE = text("TIME_ZONE", "Asia/Shanghai")
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [BASE_DIR / "locale"]

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True
MEDIA_URL = "media/"
MEDIA_ROOT = VAR_DIR / "media"
UPLOAD_ROOT = VAR_DIR / "uploads"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o640
IMPORT_MAX_BYTES = number("IMPORT_MAX_MB", 200, least=1) * 1024 * 1024

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
HTTPS = flag("HTTPS", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None

TRUSTED_PROXIES = networks("TRUSTED_PROXIES")
"""Addresses and networks of proxies that are believed about whom they speak for (X-Forwarded-For)."""

PUBLIC_URL = text("PUBLIC_URL", f"http://{HOST}:{PORT}").rstrip("/")
"""Where people reach the application: the links in mails begin with it."""
EMAIL_HOST = text("EMAIL_HOST")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
EMAIL_PORT = number("EMAIL_PORT", 25, least=1, most=65535)
EMAIL_HOST_USER = text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = flag("EMAIL_USE_TLS", default=False)
EMAIL_USE_SSL = flag("EMAIL_USE_SSL", default=False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = text("EMAIL_FROM", "ARWeb <arweb@localhost>")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

API_RATE = number("API_RATE", 600, least=1)
"""Requests that one person's programs may send in a minute."""
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rules.api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rules.api.reading.LimitedParser"],
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.UserRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": f"{API_RATE}/min"},
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "rules.api.problems.answer",
}
REST_KNOX = {"AUTH_HEADER_PREFIX": "Bearer", "TOKEN_PREFIX": "arweb_"}
SPECTACULAR_SETTINGS = {
    "TITLE": "ARWeb",
    "DESCRIPTION": "How rules change: through the same services, permissions and audit trail as the pages.",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "SERVERS": [{"url": "/"}],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "ENUM_NAME_OVERRIDES": {
        "Attribute": "rules.serializers.choices.ATTRIBUTES",
        "CaseOrigin": "annotation.serializers.ORIGINS",
        "CaseState": "annotation.serializers.CASE_STATES",
        "CaseVerb": "annotation.serializers.VERBS",
        "Cause": "annotation.serializers.CAUSES",
        "Occasion": "annotation.serializers.OCCASIONS",
        "Outcome": "annotation.label_serializers.OUTCOMES",
        "QueuedOrigin": "annotation.label_serializers.QUEUED_ORIGINS",
        "QueuedState": "annotation.label_serializers.QUEUED_STATES",
        "SkipReason": "annotation.label_serializers.SKIP_REASONS",
        "Severity": "annotation.serializers.SEVERITIES",
        "ChangeKind": "rules.serializers.choices.CHANGE_KINDS",
        "Channel": "rules.serializers.choices.CHANNELS",
        "Check": "rules.serializers.choices.CHECKS",
        "CheckState": "rules.serializers.choices.CHECK_STATES",
        "EffectKind": "rules.serializers.choices.EFFECTS",
        "FindingKind": "rules.serializers.choices.FINDINGS",
        "Level": "rules.serializers.choices.LEVELS",
        "Operator": "rules.serializers.choices.OPERATORS",
        "ProposalState": "rules.serializers.choices.PROPOSAL_STATES",
        "Side": "rules.serializers.choices.SIDES",
        "SpanKind": "rules.serializers.choices.SPANS",
        "Verdict": "rules.serializers.choices.VERDICTS",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": f"/{STATIC_URL}favicon.svg",
}

CELERY_BROKER_URL = REDIS_URL or "memory://localhost"
# In memory the transport sleeps a second between two looks unless told otherwise; other transports refuse the option.
CELERY_BROKER_TRANSPORT_OPTIONS = {"polling_interval": 0.01} if EMBEDDED else {"visibility_timeout": 3600}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = "arweb"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

JUDGE_BATCH = number("JUDGE_BATCH", 50, least=1)
"""Pairs that one task claims, judges and stores in one transaction."""
TAKE_OVER = number("TAKE_OVER", 20_000, least=1)
"""Pairs whose keys one task renders at once, to take over what was judged before."""
MODEL_HOSTS = hosts("MODEL_HOSTS", "127.0.0.1,localhost,[::1]")
"""Where served models may be asked: host names and addresses, each with or without a port. Nothing else is asked."""
MODEL_FOLDERS = folders("MODEL_FOLDERS")
"""Folders with models that this application may run in its own processes. Left out, it runs none."""
ASK_SECONDS = number("ASK_SECONDS", 10, least=1)
"""How long one task asks a served model before others have their turn."""
OUTSIDE_SEARCH = address("OUTSIDE_SEARCH")
"""Where a SearXNG answers that configurations may ask, such as http://127.0.0.1:8888. Unset, nothing is asked outside."""
OUTSIDE_SEARCH_TOKEN = text("OUTSIDE_SEARCH_TOKEN")
"""What it is sent as `Authorization: Bearer`, where a proxy before it asks for that."""
OUTSIDE_SEARCH_DAYS = number("OUTSIDE_SEARCH_DAYS", 30, least=1)
"""Days that an answer serves before the same query is asked again."""
OUTSIDE_SEARCH_KEPT_DAYS = number("OUTSIDE_SEARCH_KEPT_DAYS", 365, least=1)
"""Days that an answer is kept. What a judgment read stays with it for good."""
CLAIM_SECONDS = number("CLAIM_SECONDS", 60, least=1)
"""How long a worker may hold claimed pairs before others may take them over."""

CASE_SAMPLE_PERCENT = number("CASE_SAMPLE_PERCENT", 50, most=100)
"""Of the pairs of a benchmark, how many in a hundred open a bad case when a run is wrong about them."""
CASES_A_RUN = number("CASES_A_RUN", 50)
"""Bad cases that one run may open at most."""

TRAFFIC_DAYS = number("TRAFFIC_DAYS", 0, most=366)
"""Days for which the queries that programs ask are kept, counted by day and without a person; 0: none is."""

DEFAULT_EXCEPTION_REPORTER_FILTER = "arweb.logs.AlwaysDiscreet"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"refusals": {"()": "arweb.logs.WithoutTracebackOfRefusals"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": text("LOG_LEVEL", "INFO")},
    "loggers": {
        "celery": {"level": "WARNING"},
        "django.request": {"filters": ["refusals"]},
        "waitress.queue": {"level": "ERROR"},
    },
}
