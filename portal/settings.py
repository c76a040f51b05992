"""The one settings file. Machines differ by environment variables only; `.env.example` lists them all."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import django
import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from portal import logs
from portal.mail.imap import Account

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.FileAwareEnv()
environ.Env.read_env(BASE_DIR / ".env")


def required(name: str, example: str) -> str:
    value = env.str(name, default="")
    if not value:
        raise ImproperlyConfigured(
            f"{name} is not set. Set it, for instance {name}={example}, or start with `make up`."
        )
    return str(value)


# ---- this machine -----------------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", default=False)
LOCAL_MODE = env.bool("LOCAL_MODE", default=False)  # `make up`: readable mail and a one-time sign-in link
LOCAL_STATE_DIR = Path(env.str("LOCAL_STATE_DIR", default=str(BASE_DIR / "var")))
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
SITE_URL = required("SITE_URL", "https://voorbeeld.nl").rstrip("/")
SITE_HOST = urlsplit(SITE_URL).hostname or ""
HTTPS = SITE_URL.startswith("https://")
SECRET_KEY = required("SECRET_KEY", "a-long-random-text")
if SECRET_KEY == "a-long-random-text":  # noqa: S105 - of .env.example
    raise ImproperlyConfigured("SECRET_KEY is the example: make one with `openssl rand -base64 48`.")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=[SITE_HOST, "127.0.0.1", "localhost", "[::1]"] if LOCAL_MODE else [SITE_HOST]
)
ADMIN_PATH = env.str("ADMIN_PATH", default="beheer/")
CLOCK_OFFSET_FILE = env.str("CLOCK_OFFSET_FILE", default="")  # for tests; DEBUG or LOCAL_MODE only
KILL_POINT = env.str("KILL_POINT", default="") if LOCAL_MODE else ""  # fault tests stop a process there
if DEBUG and HTTPS:
    raise ImproperlyConfigured("DEBUG is on while SITE_URL is https: a public site never runs with DEBUG.")
if LOCAL_MODE and not {host.strip("[]") for host in (SITE_HOST, *ALLOWED_HOSTS)} <= LOOPBACK:
    raise ImproperlyConfigured(
        "LOCAL_MODE opens the mail sink and a sign-in link, so it works on loopback only. "
        "Unset LOCAL_MODE, or set SITE_URL to http://localhost:8000 and leave ALLOWED_HOSTS empty."
    )

# ---- the practice: first values, which a coach changes in the admin (portal/practice) ------------------
PRACTICE = {
    "name": env.str("SITE_NAME", default="Draagkracht"),
    "practice_name": env.str("PRACTICE_NAME", default="Voorbeeldpraktijk"),
    "coach_name": env.str("COACH_NAME", default="Jet van Dalen"),
    "coach_is_demo": not env.str("COACH_NAME", default=""),
    "coach_bio_nl": env.str("COACH_BIO_NL", default=""),
    "coach_bio_en": env.str("COACH_BIO_EN", default=""),
    "portrait": env.str("COACH_PORTRAIT", default=""),  # on this domain: pages show no picture from elsewhere
    "email": env.str("PRACTICE_EMAIL", default="jet@voorbeeld.nl"),
    "phone": env.str("PRACTICE_PHONE", default="020 123 45 67"),
    "address": env.str("PRACTICE_ADDRESS", default="Voorbeeldstraat 1, 1234 AB Voorbeeldstad"),
    "kvk": env.str("PRACTICE_KVK", default="00000000"),
    "vat_id": env.str("PRACTICE_VAT_ID", default="NL000000000B00"),  # empty for who has none
}
PRACTICE["privacy_email"] = env.str("PRIVACY_EMAIL", default=PRACTICE["email"])
PROCESSORS = env.json("PROCESSORS", default=[])  # [{"name": …, "purpose": …, "country": …}]
JITSI_URL = env.str("JITSI_URL", default="https://meet.jit.si").rstrip("/")  # private rooms for calls
COACH_EMAIL = env.str("COACH_EMAIL", default="jet@voorbeeld.nl")  # mails about bookings; first admin account
TEAM_MINIMUM = env.int("TEAM_MINIMUM", default=5)  # of fewer answers in a team mirror nothing is shown
if TEAM_MINIMUM < 4:
    raise ImproperlyConfigured("TEAM_MINIMUM must be 4 or more: of fewer an average tells who said what.")
TEAM_ROUNDS_APART = timedelta(days=60)  # from a closing to the next; each asks about the four weeks before it

# ---- applications -----------------------------------------------------------------------------------
INSTALLED_APPS = [
    "portal.apps.PortalConfig",
    "portal.practice",
    "portal.accounts",
    "portal.leads",
    "portal.leads.sequences",
    "portal.leads.funnel",
    "portal.mail",
    "portal.webhook",
    "assessments",
    "assessments.pulse",
    "assessments.promises",
    "assessments.mirror",
    "assessments.result_links",
    "assessments.numbers",
    "bookings",
    *(["portal.local"] if LOCAL_MODE else []),
    "portal.apps.PortalAdminConfig",
    "django.forms",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
]
MIDDLEWARE = [
    "portal.operations.request_log.note_requests",
    "portal.middleware.patient",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # pads at random, so lengths tell nothing (BREACH)
    "django.middleware.clickjacking.XFrameOptionsMiddleware",  # above what refuses a host
    "portal.middleware.headers",
    "portal.middleware.without_nul",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "portal.accounts.sessions.Authentication",
    "portal.accounts.sessions.note_use",
    "portal.middleware.SignInFirst",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portal.carrying.carry",
]
ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "portal.local.templates.Loader"
                    if LOCAL_MODE
                    else "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context_processors.site",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ---- data: PostgreSQL only --------------------------------------------------------------------------
DATABASES = {"default": env.db_url_config(required("DATABASE_URL", "postgres://user:password@host/name"))}
if DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
    raise ImproperlyConfigured("DATABASE_URL must name a PostgreSQL database: postgres://…")
# Each thread keeps its connection. No pool: it lets people wait for a database that refuses at once, and is
# back later than the database is.
DATABASES["default"] |= {
    "ENGINE": "portal.common.database",
    "CONN_HEALTH_CHECKS": True,
    "CONN_MAX_AGE": 60,
}
DATABASES["default"].setdefault("OPTIONS", {}).update(
    {
        "options": "-c lock_timeout=3s -c statement_timeout=25s -c idle_in_transaction_session_timeout=60s",
        "connect_timeout": 2,
        "prepare_threshold": 5,  # planning is half of what a request costs PostgreSQL
        "server_side_binding": True,  # a statement that fails is then logged without anybody's words
    }
)
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},  # the default of 300 throws live rate counters away
    },
    "pages": {  # written pages, for seconds, in each web process; see portal/common/page_cache.py
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 200},
    },
}

# ---- jobs -------------------------------------------------------------------------------------------
REDIS_URL = required("REDIS_URL", "redis://localhost:6379/0")
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 2,
    "socket_connect_timeout": 1,
    "health_check_interval": 25,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_CONCURRENCY = env.int("WORKER_CHILDREN", default=2)
if CELERY_WORKER_CONCURRENCY < 2:
    raise ImproperlyConfigured(
        "WORKER_CHILDREN must be 2 or more: one may be at a slow calendar, another sends the mail meanwhile."
    )
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SOFT_TIME_LIMIT = 30  # seconds; below the outbox lease of 45
CELERY_TASK_TIME_LIMIT = 40
OUTBOX_SWEEP_SECONDS = env.float("OUTBOX_SWEEP_SECONDS", default=10.0)
OUTBOX_LEASE_SECONDS = env.float("OUTBOX_LEASE_SECONDS", default=45.0)


def every(seconds: float, task: str) -> dict[str, object]:
    """Of a task that a worker which was away leaves out, so that it finds no pile."""
    return {"task": task, "schedule": seconds, "options": {"expires": seconds}}


CELERY_BEAT_SCHEDULE = {
    "sweep-outbox": every(OUTBOX_SWEEP_SECONDS, "mail.sweep"),
    "read-bounces": every(300, "mail.read_bounces"),
    "sweep-webhook": every(OUTBOX_SWEEP_SECONDS, "webhook.deliver"),
    "release-lapsed-holds": every(60, "bookings.release_lapsed_holds"),  # an offer goes to who is next
    "visit-calendars": every(60, "bookings.visit_calendar"),  # what a lost wake-up left, and those of before
    "count-up": every(600, "assessments.count_up"),
    "close-rounds": every(60, "assessments.close_rounds"),  # of team mirrors
    "work-out-numbers": every(3600, "assessments.work_out_numbers"),
    "tick": every(30, "portal.tick"),
    "send-heartbeat": every(60, "portal.send_heartbeat"),
    "clean-up": {"task": "portal.clean_up", "schedule": timedelta(hours=1)},
}

# ---- mail: every message is a row first, see portal/mail ----------------------------------------------
if django.VERSION < (6, 1):
    EMAIL_BACKEND = "portal.mail.backend.OutboxBackend"
else:
    MAILERS = {"default": {"BACKEND": "portal.mail.backend.OutboxBackend"}}
SMTP = env.email_url("EMAIL_URL", default="smtp://127.0.0.1:25")  # for portal/mail/smtp.py alone
SMTP_TIMEOUT = 15  # seconds
try:  # where mail that comes back arrives: the mailbox of DEFAULT_FROM_EMAIL; for portal/mail/imap.py alone
    BOUNCE_MAILBOX = Account.of(env.str("BOUNCE_MAILBOX", default=""))
except ValueError as error:
    raise ImproperlyConfigured(
        f"{error} Set BOUNCE_MAILBOX=imaps://user:password@host:993/INBOX, or nothing."
    ) from None
MAIL_DOMAIN = env.str("MAIL_DOMAIN", default=SITE_HOST)
DEFAULT_FROM_EMAIL = env.str(
    "DEFAULT_FROM_EMAIL",
    default=f"{PRACTICE['name']} <agenda@{MAIL_DOMAIN if '.' in MAIL_DOMAIN else 'voorbeeld.nl'}>",
)
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# ---- for whoever runs it, see portal/operations ---------------------------------------------------------
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")  # opens /metrics; without one there is none
HEARTBEAT_URL = env.str("HEARTBEAT_URL", default="")  # asked every minute while /readyz is green
ERROR_MAIL = env.str("ERROR_MAIL", default="")  # who gets the tracebacks of errors
BACKUP_DIR = env.str("BACKUP_DIR", default="")  # the doctor looks how old the last backup there is
DKIM_SELECTOR = env.str("DKIM_SELECTOR", default="")  # the doctor looks for its key

# ---- people: e-mailed codes, no passwords; staff need a second factor ---------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "account_request_login_code"
LOGIN_REDIRECT_URL = "accounts:account"
LOGOUT_REDIRECT_URL = "assessments:landing"
ACCOUNT_ADAPTER = "portal.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "none"  # the code is the verification
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 3
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_TIMEOUT = 1200
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_REAUTHENTICATION_METHODS = ["mfa"]  # a new code by mail is a new sign-in: accounts/door.py
ACCOUNT_FORMS = {"confirm_login_code": "portal.accounts.forms.ConfirmCodeForm"}
# Beside our own limits in accounts/codes.py and accounts/factor.py.
ACCOUNT_RATE_LIMITS = {
    "login_failed": "20/5m/ip,10/5m/key",
    "login": "60/m/ip",
    "reauthenticate": "60/m/user",
}
CODE_MAILS_AN_HOUR = env.int("CODE_MAILS_AN_HOUR", default=600)  # for the whole site; an alarm beyond it
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
MFA_ADAPTER = "portal.accounts.adapter.MFAAdapter"
MFA_FORMS = {
    "authenticate": "portal.accounts.forms.FactorForm",
    "reauthenticate": "portal.accounts.forms.FactorAgainForm",
    "activate_totp": "portal.accounts.forms.ActivateFactorForm",
}
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS  # then only browsers on this machine allow a passkey
SESSION_ENGINE = "portal.accounts.sessions"
SESSION_COOKIE_AGE = 14 * 24 * 3600  # seconds without use
MEMBER_SESSION_SECONDS = 60 * 24 * 3600  # from the sign-in, however much it is used
STAFF_SESSION_SECONDS = 8 * 3600  # as above

# ---- languages and time -----------------------------------------------------------------------------
LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", _("Dutch")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["portal.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", default="Europe/Amsterdam")

# ---- static files -----------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = LOCAL_STATE_DIR / "static"
STATICFILES_FINDERS = ["portal.sheets.SheetFinder"]  # apps only; their components as one sheet a side
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "portal.sheets.SharedFiles"},
}

# ---- security: strict everywhere, admin included ------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        # the local mail reader shows a mail in a sandboxed frame
        "frame-src": [SELF] if LOCAL_MODE else [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}
SESSION_COOKIE_NAME = "__Host-sessionid" if HTTPS else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if HTTPS else "csrftoken"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "portal.views.csrf_failure"
CSRF_TRUSTED_ORIGINS = [SITE_URL]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
DATA_UPLOAD_MAX_NUMBER_FILES = 1  # the portrait of a coach; nobody else sends a file
FILE_UPLOAD_HANDLERS = ["portal.common.uploads.BoundedUpload"]

# ---- how long things are kept; shown on the privacy page ----------------------------------------------
RETENTION = {  # in the order of the page; who carries it out: portal/common/retention.py
    "anonymous_scans": timedelta(days=30),
    "open_pulses": timedelta(days=30),
    "unproven_accounts": timedelta(hours=24),
    "idle_accounts_told": timedelta(days=700),  # without a sign-in; then a mail, and a month to come back
    "idle_accounts": timedelta(days=730),
    "team_rounds": timedelta(days=730),  # after the closing; answers of members go at the closing itself
    "contacts": timedelta(days=730),  # after the last word on the timeline
    "past_calls": timedelta(days=730),  # then only the time stays
    "call_contacts": timedelta(days=30),  # the number and the link of a call, after its end
    "call_guests": timedelta(days=30),  # the same
    "lapsed_holds": timedelta(hours=24),
    "ended_waiting": timedelta(days=90),  # places in line
    "ended_offers": timedelta(days=90),  # and times held for somebody
    "ended_promises": timedelta(days=730),  # after their six weeks
    "ended_result_links": timedelta(days=30),
    "mail_bodies": timedelta(days=30),
    "mail_log": timedelta(days=365),
    "webhook_bodies": timedelta(days=30),
    "webhook_log": timedelta(days=365),
    "sequence_runs": timedelta(days=365),
    "refused_addresses": timedelta(days=5 * 365),
    "consent_proof": timedelta(days=5 * 365),  # after it was last of use
    "typed": timedelta(hours=2),  # one sitting; as long as a form may be open, see bookings/visitor/forms.py
    "sessions": timedelta(seconds=SESSION_COOKIE_AGE),
    "trusted_browsers": timedelta(days=30),  # the second step is not asked for there
    "counters": timedelta(hours=24),
    "used_codes": timedelta(seconds=ACCOUNT_LOGIN_BY_CODE_TIMEOUT),
    "used_forms": timedelta(hours=24),
    "erasures": timedelta(days=40),  # longer than any backup is kept, so that a restore leaves nobody out
    "admin_log": timedelta(days=365),
    "logs": timedelta(days=30),  # by whoever runs the machine: docs/privacy/retention.md
}
# of video services and calendars elsewhere, by host name; for the privacy page
SERVICE_COUNTRIES = {"meet.jit.si": "US", "caldav.icloud.com": "US", **env.json("SERVICE_COUNTRIES", {})}
LOG_FORMAT, LOG_LEVEL = env.str("LOG_FORMAT", default="line"), env.str("LOG_LEVEL", default="INFO")
if LOG_FORMAT not in ("line", "json") or LOG_LEVEL not in ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"):
    raise ImproperlyConfigured("LOG_FORMAT is line or json; LOG_LEVEL DEBUG, INFO, WARNING or ERROR.")
LOGGING = logs.configured(LOG_LEVEL, form=LOG_FORMAT, tells=bool(ERROR_MAIL))
