"""All settings, from the environment, in one file."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import django_stubs_ext
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from collections_portal import logs
from collections_portal.environment import (
    BASE_DIR,
    SHORTEST_SHARED,
    address,
    choice,
    field_keys,
    flag,
    folder,
    gateway,
    key,
    listed,
    mailbox,
    number,
    shared_keys,
    var_dir,
    words,
)

django_stubs_ext.monkeypatch()  # lets `ModelForm[Loan]` be written, which mypy wants

DEBUG = flag("DEBUG", default=True)
PRODUCTION = not DEBUG
VAR_DIR = var_dir()
SECRET_KEY = key("SECRET_KEY", production=PRODUCTION)
FIELD_KEYS = field_keys("FIELD_KEYS", production=PRODUCTION)
BLIND_INDEX_KEY = key("BLIND_INDEX_KEY", production=PRODUCTION)
# manage.py and `make run` name the embedded servers here when nobody named others.
DATABASE_URL = address("DATABASE_URL", ("postgres", "postgresql"), production=PRODUCTION)
REDIS_URL = address("REDIS_URL", ("redis", "rediss"), production=PRODUCTION)
ALLOWED_HOSTS = listed("ALLOWED_HOSTS", "" if PRODUCTION else "localhost,127.0.0.1,[::1]")
if not ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS must name the hosts the portal answers for.")
CSRF_TRUSTED_ORIGINS = listed("CSRF_TRUSTED_ORIGINS")
# How many personal values one person may see in clear within any sixty minutes.
REVEALS_PER_HOUR = number("REVEALS_PER_HOUR", 30)
# Where messages go; a developer's machine without these writes them to sealed files.
SMTP_URL = gateway("SMTP_URL", ("smtp", "smtps"), production=PRODUCTION)
MESSAGES_FROM = mailbox("MESSAGES_FROM", "reminders@portal.example", production=PRODUCTION)
SMS_URL = gateway("SMS_URL", ("http", "https"), production=PRODUCTION)
SMS_KEY = key("SMS_KEY", production=True, shortest=SHORTEST_SHARED) if SMS_URL else ""
# How long a gateway may take for one answer.
GATEWAY_SECONDS = number("GATEWAY_SECONDS", 10)
# What gateways sign their receipts and replies with, newest first.
HOOK_KEYS = shared_keys("HOOK_KEY", production=PRODUCTION)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_include_bootstrap",
    "django_htmx",
    "django_tables2",
    "crispy_forms",
    "crispy_bootstrap5",
    "axes",
    "csp",
    "collections_portal",
    "ui",
    "audit",
    "staff",
    "policies",
    "borrowers",
    "evidence",
    "loans",
    "holds",
    "contacts",
    "cases",
    "reminders",
    "visits",
    "letters",
    "legal",
    "bureau",
    "approvals",
    "intake",
    "reports",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "ui.middleware.DatabaseFirst",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "staff.middleware.SignInFirst",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "staff.middleware.NewPasswordFirst",
    "ui.middleware.NotFoundPage",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "collections_portal.urls"
WSGI_APPLICATION = "collections_portal.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
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
            ],
        },
    },
]


# libpq's own words, in seconds: how long a new connection may take, and after how long a silent machine counts as gone.
PATIENCE_WITH_DATABASE = {
    "connect_timeout": "5",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
}


def database(url: str) -> dict[str, Any]:
    """One PostgreSQL connection from its address.

    A folder of a Unix socket goes into `?host=`; whatever else stands there, such as `sslmode`, libpq reads.
    """
    parts = urlsplit(url)
    options = PATIENCE_WITH_DATABASE | dict(parse_qsl(parts.query))
    socket = options.pop("host", "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": socket or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


DATABASES = {"default": database(DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        # It holds only the progress of an import, for which no page waits long.
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }
}
CELERY_BROKER_URL = REDIS_URL
# A page that asks for a worker while the broker is away says so after seconds; nothing hangs.
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 2, "socket_timeout": 3}
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.2, "interval_max": 0.2}
# Worker and beat try again for as long as it takes; after Celery's own hundred times, 46 minutes, they would end.
CELERY_BROKER_CONNECTION_RETRY = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "Asia/Shanghai"

AUTH_USER_MODEL = "staff.User"
# A working day; the language and everything else that should stay is kept with the person.
SESSION_COOKIE_AGE = 12 * 3600
LOGIN_URL = "staff:login"
LOGIN_REDIRECT_URL = "staff:home"
LOGOUT_REDIRECT_URL = "staff:login"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "staff.backends.RoleBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]

# Five wrong passwords for one name from one address lock that pair for a quarter of an hour.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "staff/locked_out.html"
AXES_RESET_ON_SUCCESS = True
# Trying on during the lock does not prolong it: somebody else could keep a collector out all day.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_VERBOSE = False
# How many loans a portal that holds none makes up at its first start.
DEMO_LOANS = number("DEMO_LOANS", 300)
# What the demo people sign in with; the demo refuses to run without DEBUG.
DEMO_PASSWORD = "" if PRODUCTION else words("DEMO_PASSWORD", "demo-2026-portal")

SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^healthz/$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
# Only for a portal behind a proxy that sets this header itself: anybody else could send it.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if flag("BEHIND_PROXY", default=False) else None
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
# Amounts get their separators from the `money` filter; Django's own would also put one into years and loan numbers.
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = VAR_DIR / "media"
# Photos, letters and bundles, sealed; how large one that somebody brings may be.
EVIDENCE_DIR = folder("EVIDENCE_DIR", VAR_DIR / "evidence", never_in=STATIC_ROOT)
EVIDENCE_MAX_MB = number("EVIDENCE_MAX_MB", 10)

DJANGO_TABLES2_TEMPLATE = "ui/table.html"
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}

LOGGING_CONFIG = None  # logs.configure does it, for Django and Celery alike
logs.configure(choice("LOG_LEVEL", "INFO", logs.LEVELS), full_errors=DEBUG)
