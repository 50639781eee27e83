"""Settings, each from the environment by a typed reader; `.env.example` explains every one.

Without any variable this is the demonstration on one's own machine: embedded PostgreSQL, mail in
files, a key made at first start. COMPTOIR_MODE=production refuses to start on such defaults.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import django_stubs_ext
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _
from psycopg import IsolationLevel

from comptoir.site import environment, mailboxes, postgres, safety
from comptoir.ui import logs

django_stubs_ext.monkeypatch()

PACKAGE = Path(__file__).resolve().parent.parent

MODE = environment.choice("COMPTOIR_MODE", "demonstration", ("demonstration", "production"))
PRODUCTION = MODE == "production"
DEBUG = environment.boolean("COMPTOIR_DEBUG", default=False)
STATE = postgres.state_folder()

SECRET_KEY = environment.secret(
    "COMPTOIR_SECRET_KEY", None if PRODUCTION else postgres.kept_secret(STATE)
)
SECRET_KEY_FALLBACKS = environment.secret("COMPTOIR_FORMER_SECRET_KEYS", "").split()
"""Keys that were replaced: what was signed or sealed under them still opens."""
PORT = environment.port("COMPTOIR_PORT", 8000)
ALLOWED_HOSTS = environment.words("COMPTOIR_HOSTS", "localhost,127.0.0.1,[::1]")
ADDRESS = environment.text("COMPTOIR_ADDRESS", f"http://localhost:{PORT}")
LISTEN = environment.text("COMPTOIR_LISTEN", "127.0.0.1")
CSRF_TRUSTED_ORIGINS = [ADDRESS]
SECURE_COOKIES = ADDRESS.startswith("https://")

# Logs: JSON for machines in production, lines for people elsewhere, personal data in neither
LOG_LEVEL = environment.choice(
    "COMPTOIR_LOG_LEVEL",
    "info" if PRODUCTION else "warning",
    ("info", "warning", "error"),
)
LOGGING = logs.configuration(as_json=PRODUCTION, level=LOG_LEVEL)

# The service
COMPTOIR_BRAND = environment.choice("COMPTOIR_BRAND", "neutral", ("neutral", "gc"))
SERVICE_TIME_ZONE = environment.text("COMPTOIR_TIME_ZONE", "America/Toronto")
"""Where the centre works (Montréal): its days and weeks are the days and weeks of every rule."""
SERVICE_DAY_STARTS = environment.time_of_day("COMPTOIR_DAY_STARTS", "06:00")
SERVICE_DAY_QUARTERS = environment.integer("COMPTOIR_DAY_QUARTERS", 60, least=4)
"""The quarter hours of a service day: 6:00 to 21:00 covers 8:00 in St. John's to 17:00 in Vancouver."""
SERVICE_HOLIDAYS = environment.words(
    "COMPTOIR_HOLIDAYS", "CA:government,CA-QC:public,CA-QC:optional"
)
"""Whose holidays the centre keeps, as country[-subdivision]:category of the `holidays` package."""
SERVICE_PUBLISHED_DAYS = environment.integer("COMPTOIR_PUBLISHED_DAYS", 15, least=1)
"""Business days published ahead: more than may be booked, so that a day is there when its turn comes."""
SERVICE_THIN_PERCENT = environment.integer("COMPTOIR_THIN_PERCENT", 10, most=100)
"""Free time in a language under this share of what is offered in it is called little on the board."""

SERVICE_WORK_BITS = environment.integer("COMPTOIR_WORK_BITS", 15, most=22)
"""How hard the sum is that the public form has a browser do: each bit more doubles its time."""

# Files that clients and staff give. They pass through memory only: what is larger than that is no file
# we take, and Django would lay the others on a disk as they are.
CLAMD = environment.endpoint("COMPTOIR_CLAMD")
"""Where ClamAV's daemon listens; without one every document says that it was not scanned."""
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 60 * 1024 * 1024
"""Of one request: ten files of 5 MB and what is typed beside them."""

# Keeping and disposing. Two years after the last use are the least that the Privacy Regulations, 4(1),
# allow for what a decision rests on; every other number is ours.
TWO_YEARS = 731
KEEP_CASES_DAYS = environment.integer("COMPTOIR_KEEP_CASES_DAYS", 731, least=TWO_YEARS)
KEEP_NOTICES_DAYS = environment.integer("COMPTOIR_KEEP_NOTICES_DAYS", 731, least=TWO_YEARS)
KEEP_INVITATIONS_DAYS = environment.integer("COMPTOIR_KEEP_INVITATIONS_DAYS", 365, least=1)
KEEP_MAIL_FILES_DAYS = environment.integer("COMPTOIR_KEEP_MAIL_FILES_DAYS", 31, least=1)
KEEP_REJECTED_ROWS_DAYS = environment.integer("COMPTOIR_KEEP_REJECTED_ROWS_DAYS", 31, least=1)
LEGAL_HOLD = environment.words("COMPTOIR_LEGAL_HOLD", "")
"""References of offices whose records must not be disposed of, or `all`."""

INSTALLED_APPS = [
    "comptoir.ui.apps.UiConfig",
    "comptoir.audit.apps.AuditConfig",
    "comptoir.notices.apps.NoticesConfig",
    "comptoir.ledger.apps.LedgerConfig",
    "comptoir.people.apps.PeopleConfig",
    "comptoir.roster.apps.RosterConfig",
    "comptoir.liaison.apps.LiaisonConfig",
    "comptoir.enquiries.apps.EnquiriesConfig",
    "comptoir.site.apps.SiteConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "pgtrigger",
    "pghistory",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "comptoir.ui.logs.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "comptoir.ui.middleware.PageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "comptoir.people.middleware.PresenceMiddleware",
]

ROOT_URLCONF = "comptoir.site.urls"
WSGI_APPLICATION = "comptoir.site.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "comptoir.ui.navigation.menu",
                "comptoir.people.context.page",
            ],
        },
    },
]

# Database: the pool is per process, so the sum over web workers and worker is what the server sees.
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        **postgres.database_settings(),
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
    }
}
LOCK_TIMEOUT_MS = environment.integer("COMPTOIR_LOCK_TIMEOUT_MS", 4000, least=100)
"""How long any statement waits for a lock before it says so: a booking for its day, above all."""

_options = DATABASES["default"].setdefault("OPTIONS", {})
_options["options"] = (
    f"{_options.get('options', '')} -c lock_timeout={LOCK_TIMEOUT_MS}"
    # Only what ui.statements writes out is prepared, and its plan does not depend on the values: else
    # the server may plan it anew each time, which takes as long as to answer it.
    " -c plan_cache_mode=force_generic_plan"
).strip()
# Under a day's lock each statement must see what its last holder committed, whatever the server's default.
_options["isolation_level"] = IsolationLevel.READ_COMMITTED
_options["prepare_threshold"] = 5  # or no statement is ever prepared; see ui.statements
_options["pool"] = {
    "min_size": 1,
    "max_size": environment.integer("COMPTOIR_DATABASE_POOL", 8, least=1),
    "timeout": 10,
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "django_cache",
    }
}

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

# People
AUTH_USER_MODEL = "people.Person"
# The address is unique without regard to case, by a constraint that this check does not understand.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
AUTHENTICATION_BACKENDS = ["comptoir.people.backends.Backend"]
SESSION_ENGINE = "comptoir.people.sessions"
SESSION_COOKIE_AGE = 7 * 24 * 3600
"""A session lives on while it is locked: what unlocks it is what signs in."""
IDLE_MINUTES = environment.integer("COMPTOIR_IDLE_MINUTES", 15, least=1)
"""After so long without a sign of life a session locks; two minutes before, it says so."""

# Sign-in: a code by e-mail, a second factor, an organization's own sign-in; never a password
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = ACCOUNT_LOGOUT_REDIRECT_URL = "people:home"
ACCOUNT_ADAPTER = "comptoir.people.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
# Every sign-in by code proves the mailbox again, and a person has one address: there is nothing to verify apart.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 3
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_RATE_LIMITS = {
    "request_login_code": "20/m/ip,3/m/key,15/h/key",
    "login_failed": "30/m/ip,5/5m/key",
    "reauthenticate": "10/m/user",
    # The public's pages (comptoir.enquiries.views); an address may be a whole library's or household's.
    "enquiry_asked": "40/h/ip,10/h/key",
    "enquiry_asked_without_work": "6/h/ip,3/h/key",
    "enquiry_code": "20/h/ip,5/h/key",
    "enquiry_tried": "60/h/ip",
    "enquiry_lost": "10/h/ip,3/h/key",
    "enquiry_replied": "40/h/ip,10/h/key",
}
ACCOUNT_FORMS = {
    "request_login_code": "comptoir.people.forms.sign_in.AddressForm",
    "confirm_login_code": "comptoir.people.forms.sign_in.CodeForm",
}
MFA_ADAPTER = "comptoir.people.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Comptoir"
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "comptoir.people.forms.sign_in.SecondFactorForm",
    "reauthenticate": "comptoir.people.forms.sign_in.SecondFactorAgainForm",
    "activate_totp": "comptoir.people.forms.sign_in.AuthenticatorForm",
    "add_webauthn": "comptoir.people.forms.sign_in.PasskeyForm",
}
ALLAUTH_TRUSTED_PROXY_COUNT = environment.integer("COMPTOIR_PROXIES", 0)
"""How many proxies of ours stand before the service, so that limits count the caller's address."""

OIDC_ADDRESS = environment.text("COMPTOIR_OIDC_ADDRESS", "")
OIDC_SECOND_FACTOR = environment.boolean("COMPTOIR_OIDC_SECOND_FACTOR", default=False)
"""Whether the organization's sign-in demands a second factor itself, so that ours is not asked for."""
SOCIALACCOUNT_ADAPTER = "comptoir.people.adapters.OrganizationAdapter"
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_OPENID_CONNECT_URL_PREFIX = ""
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {}
if OIDC_ADDRESS:
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "organization",
                "name": environment.text("COMPTOIR_OIDC_NAME", "OpenID Connect"),
                "client_id": environment.text("COMPTOIR_OIDC_CLIENT"),
                "secret": environment.secret("COMPTOIR_OIDC_SECRET"),
                "settings": {"server_url": OIDC_ADDRESS},
            }
        ],
    }

# Languages, zones: PostgreSQL and the C library stay in UTC; Python converts, from the wheel.
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French"))]
# In the wheel the catalogues lie inside the package, in a checkout beside it.
LOCALE_PATHS = [
    folder for folder in (PACKAGE / "locale", PACKAGE.parent / "locale") if folder.is_dir()
]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Pages
FORM_RENDERER = "comptoir.ui.forms.Renderer"
STATIC_URL = "/static/"
STATIC_ROOT = STATE / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# The components' inner modules are named after their content already, besides what Django hashes.
WHITENOISE_IMMUTABLE_FILE_TEST = r"(/p-[0-9a-z]+(\.entry|\.esm)?\.js$)|(\.[0-9a-f]{12}\.[^/]+$)"

# Security
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        # Browsers hold this against the redirect to the organization's sign-in too.
        "form-action": [SELF, *environment.origins(OIDC_ADDRESS)],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
CSRF_FAILURE_VIEW = "comptoir.ui.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_SSL_REDIRECT = SECURE_COOKIES and environment.boolean(
    "COMPTOIR_HTTPS_REDIRECT", default=True
)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE_COOKIES else None
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_COOKIES else 0
SESSION_COOKIE_SECURE = SECURE_COOKIES
CSRF_COOKIE_SECURE = SECURE_COOKIES
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

# Mail
MAIL_FOLDER = STATE / "mail"
SMTP_HOST = environment.text("COMPTOIR_SMTP_HOST", "")
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if SMTP_HOST
    else "comptoir.notices.gateway.Folder"
)
EMAIL_FILE_PATH = str(MAIL_FOLDER)
EMAIL_HOST = SMTP_HOST or "localhost"
EMAIL_PORT = environment.port("COMPTOIR_SMTP_PORT", 25)
EMAIL_HOST_USER = environment.text("COMPTOIR_SMTP_USER", "")
EMAIL_HOST_PASSWORD = environment.secret("COMPTOIR_SMTP_PASSWORD", "")
EMAIL_USE_TLS = environment.boolean("COMPTOIR_SMTP_TLS", default=False)
EMAIL_TIMEOUT = 20
# Mail that is read: nothing is polled unless a server and mailboxes are named.
IMAP_HOST = mailboxes.host()
IMAP_SECURITY = environment.choice("COMPTOIR_IMAP_SECURITY", "tls", mailboxes.SECURITY)
IMAP_PORT = environment.port("COMPTOIR_IMAP_PORT", 993)
IMAP_MAILBOXES = mailboxes.read()
IMAP_PROCESSED = environment.text("COMPTOIR_IMAP_PROCESSED", "Processed")

# How many acknowledgements of mail leave by themselves. Ours: they end a loop that no sign gave away.
MAIL_ANSWERS_PERSON = environment.integer("COMPTOIR_MAIL_ANSWERS_PERSON", 10, least=1)
MAIL_ANSWERS_DOMAIN = environment.integer("COMPTOIR_MAIL_ANSWERS_DOMAIN", 200, least=1)
MAIL_ANSWERS_WIDE = environment.integer("COMPTOIR_MAIL_ANSWERS_WIDE", 2000, least=1)
MAIL_WIDE_DOMAINS = environment.words(
    "COMPTOIR_MAIL_WIDE_DOMAINS",
    "gmail.com,outlook.com,hotmail.com,yahoo.com,icloud.com,parl.gc.ca",
)

DEFAULT_FROM_EMAIL = environment.text("COMPTOIR_MAIL_FROM", "Comptoir <no-reply@comptoir.invalid>")

if PRODUCTION:
    safety.check_production(debug=DEBUG, address=ADDRESS, hosts=ALLOWED_HOSTS, smtp_host=SMTP_HOST)
else:
    safety.check_demonstration(address=ADDRESS, hosts=ALLOWED_HOSTS, listen=LISTEN)
