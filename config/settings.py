"""The one settings file; everything that differs between installations comes from the environment."""

from importlib.util import find_spec
from pathlib import Path

from config.environment import Environment, check_connection, check_connections, secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)

env = Environment()
env.read_env(BASE_DIR / ".env")

DEBUG = env.flag("DEBUG", default=False)
SECRET_KEY = secret_key(env, debug=DEBUG, keep_in=VAR_DIR)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.origins("CSRF_TRUSTED_ORIGINS")
SECURE_COOKIES = any(origin.startswith("https://") for origin in CSRF_TRUSTED_ORIGINS)

INSTALLED_APPS = [
    "core",
    "syllabus",
    "lessons",
    "taskqueue",
    "taskqueue.apps.BackgroundTasksConfig",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "axes",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "core.api.JsonErrorMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.context.site",
            ],
        },
    },
]

# Database: SQLite embedded by default, PostgreSQL through DATABASE_URL.

DATABASES = {"default": env.database(default=f"sqlite:///{VAR_DIR / 'techtree.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    # The server plans a statement that comes again once, which makes a worker's turn a third shorter.
    PLANNED_ONCE: dict[str, object] = {"server_side_binding": True, "prepare_threshold": 5}
    DATABASES["default"]["OPTIONS"] = {
        **PLANNED_ONCE,
        **env.db_url("DATABASE_URL").get("OPTIONS", {}),
    }
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Accounts.

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_LOCKOUT_CALLABLE = "core.accounts.lockout.locked_out"
EMAIL_CONFIG = env.email(default="consolemail://")
vars().update(EMAIL_CONFIG)
SITE_URL = env.site_url(CSRF_TRUSTED_ORIGINS)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Techtree <techtree@localhost>")

# What a browser may do with our pages.

CSRF_FAILURE_VIEW = "core.api.csrf_failure"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
SESSION_COOKIE_HTTPONLY = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE_COOKIES else None
SECURE_SSL_REDIRECT = SECURE_COOKIES
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]
SECURE_HSTS_SECONDS = 24 * 3600 if SECURE_COOKIES else 0
# What other names under the domain serve is their owner's to promise.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

# Static files: ours, and the math font that the ziamath package ships.

STATIC_URL = "static/"
ZIAMATH = find_spec("ziamath")
assert ZIAMATH is not None and ZIAMATH.origin is not None
STATICFILES_DIRS = [BASE_DIR / "static", ("fonts", Path(ZIAMATH.origin).parent / "fonts")]
WHITENOISE_USE_FINDERS = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "core.storage.HashedStaticFiles"
    },
}

LANGUAGE_CODE = "en"
USE_I18N = False
TIME_ZONE = "UTC"
USE_TZ = True

# The task queue.

TASKQUEUE_ENGINE, CELERY_BROKER_URL = env.engine()
MAX_ATTEMPTS = env.whole("MAX_ATTEMPTS", 3, minimum=1)
MAX_RUN_TIME = env.whole("MAX_RUN_TIME", 3600, minimum=1)
TASK_LEASE_SECONDS = env.whole("TASK_LEASE_SECONDS", 15, minimum=1)
TASK_RETRY_BASE_SECONDS = env.whole("TASK_RETRY_BASE_SECONDS", 300, minimum=0)
TASK_MAX_PENDING = env.whole("TASK_MAX_PENDING", 1000, minimum=1)
TASK_MAX_ACTIVE_PER_USER = env.whole("TASK_MAX_ACTIVE_PER_USER", 20, minimum=1)
TASK_CONCURRENCY = env.whole("TASK_CONCURRENCY", 16, minimum=1)
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

# The model. Empty names mean the provider's default, see core/llm/offer.py. The first model
# on offer is the site's own as well, unless that is named.

LLM_MODELS = env.models()
LLM_PROVIDER = env.provider(LLM_MODELS)
LLM_CONNECTIONS = env.connections()
OWN_KEY, OWN_ADDRESS = LLM_CONNECTIONS[LLM_PROVIDER]
LLM_API_KEY = env.str("LLM_API_KEY", default="") or OWN_KEY
LLM_BASE_URL = env.address("LLM_BASE_URL") or OWN_ADDRESS
check_connections(LLM_MODELS, {**LLM_CONNECTIONS, LLM_PROVIDER: (LLM_API_KEY, LLM_BASE_URL)})
check_connection(LLM_PROVIDER, LLM_API_KEY, LLM_BASE_URL)
FIRST = next((model for model in LLM_MODELS if model.provider == LLM_PROVIDER), None)
LLM_MODEL = env.str("LLM_MODEL", default="")
LLM_FAST_MODEL = env.str("LLM_FAST_MODEL", default="")
if FIRST and not LLM_MODEL:
    LLM_MODEL, LLM_FAST_MODEL = FIRST.large, LLM_FAST_MODEL or FIRST.fast
LLM_PRICES = env.prices()
LLM_TIMEOUT = env.whole("LLM_TIMEOUT", 120, minimum=1)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.log_level("LOG_LEVEL")},
}
