"""What holds everywhere; local, test and production add to it."""

from __future__ import annotations

from pathlib import Path

from config import env

BASE_DIR = Path(__file__).resolve().parents[2]
VERSION = "0.1.0"

INSTALLED_APPS = [
    "config.admin_app.StoryCoreAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "corsheaders",
    "graphene_django",
    "storycore.apps.StoryCoreConfig",
    "storycore.accounts.apps.AccountsConfig",
    "assets.apps.AssetsConfig",
    "scenarios.apps.ScenariosConfig",
    "generation.apps.GenerationConfig",
    "projects.apps.ProjectsConfig",
    # Only for its Swagger page, whose files then come from here and not from a foreign host.
    "ninja",
]

# The request id comes first so that every later line and answer can carry it.
MIDDLEWARE = [
    "storycore.requests.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "storycore.requests.KnownHostMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "storycore.accounts.middleware.ActorMiddleware",
    "generation.middleware.MockMiddleware",
    "storycore.rest.methods.RestMethodsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 8},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STATIC_URL = "/static/"
STATICFILES_DIRS = [
    BASE_DIR / "storycore" / "graphql" / "static",
    # The player's parts lie with the code that shares them with the exported page.
    BASE_DIR / "scenarios" / "logic" / "static",
    BASE_DIR / "scenarios" / "formats" / "static",
]

GRAPHENE = {
    "SCHEMA": "config.schema.schema",
    "SCHEMA_OUTPUT": "schema.graphql",
    "SCHEMA_INDENT": None,
}

PAGE_SIZE = env.integer("PAGE_SIZE", 50, least=1, most=500)
PAGE_SIZE_MAX = env.integer("PAGE_SIZE_MAX", 100, least=1, most=1000)

from config.settings.accounts import *  # noqa: E402
from config.settings.celery import *  # noqa: E402
from config.settings.generation import *  # noqa: E402
from config.settings.graphql import *  # noqa: E402
from config.settings.keys import *  # noqa: E402
from config.settings.limits import *  # noqa: E402
from config.settings.logging import *  # noqa: E402
from config.settings.mongo import *  # noqa: E402
from config.settings.security import *  # noqa: E402
from config.settings.storage import *  # noqa: E402
from config.settings.stories import *  # noqa: E402
from config.settings.studio import *  # noqa: E402
