"""Django's settings. Everything that differs between installs comes through `shiliu.env`."""

import os
import sys
from pathlib import Path

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from shiliu import keyring
from shiliu.env import Environment, SettingError

PACKAGE = Path(__file__).resolve().parent


def _fail(sentence: str) -> None:
    raise ImproperlyConfigured(sentence)


try:
    env = Environment()
    DATA = Path(env["SHILIU_DATA"]).expanduser().resolve()
    PRODUCTION = env["SHILIU_ENV"] == "production"
    DEBUG = env["SHILIU_DEBUG"]
    ALLOWED_HOSTS = env["SHILIU_HOSTS"]
    if PRODUCTION and DEBUG:
        raise SettingError("SHILIU_DEBUG must be false in production: its error pages show what is private.")
    if PRODUCTION and not ALLOWED_HOSTS:
        raise SettingError(
            "SHILIU_HOSTS is empty. Production needs the host names it answers to, comma-separated."
        )
    if PRODUCTION and "*" in ALLOWED_HOSTS:
        raise SettingError("SHILIU_HOSTS does not accept * in production. Name the hosts, comma-separated.")
    SECRET_KEY = keyring.secret_key(env["SHILIU_SECRET_KEY"], DATA, production=PRODUCTION)
    FIELD_KEYS = keyring.field_keys(env["SHILIU_FIELD_KEYS"], DATA, production=PRODUCTION)
    REPORT_KEYS = env["SHILIU_REPORT_KEYS"]
    BASE_URL = env["SHILIU_BASE_URL"].rstrip("/")
    PROXIES = env["SHILIU_PROXIES"]
    _database_url = env["DATABASE_URL"] or f"sqlite:///{DATA / 'shiliu.sqlite3'}"
    _cache_url = env["SHILIU_CACHE_URL"]
    _mail_url = env["SHILIU_MAIL_URL"]
    DEFAULT_FROM_EMAIL = SERVER_EMAIL = env["SHILIU_MAIL_FROM"]
    NOTICE_URL = env["SHILIU_NOTICE_URL"]
    BOTS_URL = env["SHILIU_BOTS_URL"].rstrip("/")
    LOG_LEVEL = env["SHILIU_LOG_LEVEL"]
    TOWN = env["SHILIU_TOWN"]
    FIGURES_SECONDS = env["SHILIU_FIGURES_SECONDS"]
    COLUMN_DAYS = env["SHILIU_COLUMN_DAYS"]
    ERROR_CATEGORY = env["SHILIU_ERROR_CATEGORY"]
    PAGE_SECONDS = env["SHILIU_PAGE_SECONDS"]
    WECHAT_APPID = env["SHILIU_WECHAT_APPID"]
    WECHAT_SECRET = env["SHILIU_WECHAT_SECRET"]
except SettingError as error:
    raise ImproperlyConfigured(str(error)) from None

ALLOWED_HOSTS = ALLOWED_HOSTS or ["127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS = [BASE_URL]

INSTALLED_APPS = [
    "shiliu.core",
    "shiliu.grid",
    "shiliu.plan",
    "shiliu.venues",
    "shiliu.channel",
    "shiliu.volunteers",
    "shiliu.requests",
    "shiliu.aid",
    "shiliu.works",
    "shiliu.learning",
    "shiliu.figures",
    "shiliu.web",
    "shiliu.console",
    "shiliu.field",
    "shiliu.api",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.typed_table_block",
    "wagtail.embeds",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail.sites",
    "wagtail",
    "modelcluster",
    "taggit",
    "allauth",
    "allauth.account",
    "django_tasks_db",
    "django_htmx",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "shiliu.web.middleware.health",
    "shiliu.api.middleware.in_its_shape",  # around all that answers a fault with a page
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "shiliu.web.middleware.content_security_policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "shiliu.web.middleware.readable_address",
    "shiliu.web.middleware.body_limit",  # before the first that reads a form
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "shiliu.web.middleware.no_copies",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "shiliu.web.middleware.content_admin",
    "shiliu.web.middleware.refusals",
    "shiliu.web.middleware.not_allowed",
    "shiliu.core.audit.middleware",
    "shiliu.channel.serving.middleware.public_pages",
]

ROOT_URLCONF = "shiliu.urls"
WSGI_APPLICATION = "shiliu.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "shiliu.web.context.site",
            ],
            "builtins": ["shiliu.core.templatetags.shiliu"],
        },
    },
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": True,
        "OPTIONS": {"environment": "shiliu.core.compiled.environment"},
    },
]

FORM_RENDERER = "shiliu.core.compiled.FormRenderer"

# Data -------------------------------------------------------------------------------------------------

DATABASES = {"default": dj_database_url.parse(_database_url, conn_max_age=60, conn_health_checks=True)}
_database = DATABASES["default"]
if _database["ENGINE"] == "django.db.backends.sqlite3":
    _database["ENGINE"] = "shiliu.core.sqlite"
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000;",
    }
elif _database["ENGINE"] == "django.db.backends.postgresql":
    _database["ENGINE"] = "shiliu.core.postgresql"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "core.User"

if _cache_url:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": _cache_url}}
else:
    # Sign-in limits count over all processes, so the cache has to be shared: a table, unless there is Redis.
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "core_cache",
            "OPTIONS": {"MAX_ENTRIES": 100_000},  # more, and counters are dropped before their time
        }
    }

TASKS = {"default": {"BACKEND": "shiliu.core.enqueueing.Backend", "QUEUES": []}}

# Screens ----------------------------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale", PACKAGE / "locale_wagtail"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

# Pages that everybody sees alike are kept in each web process, but for what readers chose by these cookies.
KEPT_BYTES = 32_000_000
CHOICES_IN_COOKIES = {"django_language", "shiliu_reads", "shiliu_type"}
WECHAT_API = "https://api.weixin.qq.com"

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA / "media"
PRIVATE_ROOT = DATA / "private"  # below no address: `core.storage`
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {
        "BACKEND": "shiliu.core.storage.PrivateStorage",
        "OPTIONS": {"location": PRIVATE_ROOT},
    },
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
# In production `shiliu setup` collects and compresses them; elsewhere they are served from where they are.
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = False

WAGTAIL_SITE_NAME = "石榴"
WAGTAILADMIN_BASE_URL = BASE_URL
WAGTAILADMIN_LOGIN_URL = "account_login"
WAGTAIL_FINISH_WORKFLOW_ACTION = "shiliu.channel.finishing.publish"
WAGTAIL_WORKFLOW_REQUIRE_REAPPROVAL_ON_EDIT = True  # what is published is what three people have read
WAGTAILIMAGES_EXTENSIONS = ["gif", "jpg", "jpeg", "png", "webp"]
WAGTAILDOCS_EXTENSIONS = [
    *("pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "odt", "ods", "wps", "et", "txt", "csv", "zip"),
    *("mp3", "m4a", "ogg", "wav", "mp4", "webm"),
]
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_I18N_ENABLED = False
WAGTAIL_CONTENT_LANGUAGES = [("zh-hans", _("Simplified Chinese"))]
WAGTAIL_USER_TIME_ZONES = [TIME_ZONE]
WAGTAILADMIN_PERMITTED_LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}

# Sign-in ----------------------------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "CommonPasswordValidator", "NumericPasswordValidator")
] + [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    }
]
PASSWORD_RESET_TIMEOUT = 7 * 24 * 3600  # how long an invitation's link works
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "console:start"
ACCOUNT_ADAPTER = "shiliu.web.adapter.StaffAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_PREVENT_ENUMERATION = True
# Five wrong passwords lock an account for 15 minutes; one address gets ten tries a minute.
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/15m/key"}
# Times and seconds. Many residents may share one address: 60 requests an hour, 30 codes that do not exist.
RATE_LIMITS = {"ask": (60, 3600), "answer": (60, 3600), "receipt": (30, 600)}
RATE_LIMITS |= {"token": (300, 60)}  # whatever a program does with one access token
ALLAUTH_TRUSTED_PROXY_COUNT = PROXIES
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BASE_URL.startswith("https://")
CSRF_FAILURE_VIEW = "shiliu.web.views.pages.expired_form"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
if PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
if PRODUCTION and SESSION_COOKIE_SECURE:
    SECURE_HSTS_SECONDS = 180 * 24 * 3600

_self = "'self'"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": [_self],
        "style-src": [_self],
        "img-src": [_self],
        "font-src": [_self],
        "media-src": [_self, "blob:"],  # a recording is listened to before it is sent
        "connect-src": [_self],
        "manifest-src": [_self],
        "form-action": [_self],
        "base-uri": ["'none'"],
        "frame-ancestors": [_self],
    }
}
# Wagtail's admin writes inline scripts and styles; only its own address gets the looser policy.
ADMIN_CONTENT_SECURITY_POLICY = CONTENT_SECURITY_POLICY["DIRECTIVES"] | {
    "script-src": [_self, "'unsafe-inline'", "'unsafe-eval'"],
    "style-src": [_self, "'unsafe-inline'"],
    "img-src": [_self, "data:", "blob:"],
    "frame-src": [_self],
    "worker-src": [_self, "blob:"],
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
MAX_REQUEST_BODY = 60_000_000  # bytes, files and all: five photos of 10 MB and what belongs to them
FILE_UPLOAD_PERMISSIONS = 0o640

# Mail and log -----------------------------------------------------------------------------------------

SENDS_MAIL = bool(_mail_url)
EMAIL_TIMEOUT = 30  # seconds; a mail server that says nothing must not hold the worker
if _mail_url:
    import urllib.parse

    _mail = urllib.parse.urlsplit(_mail_url)
    EMAIL_HOST = _mail.hostname or _fail(
        "SHILIU_MAIL_URL names no host. It accepts: smtp://user:password@host:port."
    )
    EMAIL_PORT = _mail.port or (465 if _mail.scheme == "smtps" else 25)
    EMAIL_HOST_USER = urllib.parse.unquote(_mail.username or "")
    EMAIL_HOST_PASSWORD = urllib.parse.unquote(_mail.password or "")
    EMAIL_USE_SSL = _mail.scheme == "smtps"
else:
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "stream": sys.stderr}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "shiliu": {"level": LOG_LEVEL},
        "django.request": {"level": "ERROR"},
        "django_tasks_db": {"level": "ERROR"},  # it warns of every orderly stop
    },
}

SILENCED_SYSTEM_CHECKS: list[str] = []
os.umask(0o027)
