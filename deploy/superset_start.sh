#!/usr/bin/env bash
# Prepare Superset's own metadata, make the administrator, the read-only connection and the dashboards, then serve.
set -euo pipefail
superset db upgrade
superset fab create-admin --username admin --firstname Guestbook --lastname Admin \
    --email admin@localhost --password "$SUPERSET_ADMIN_PASSWORD" || superset fab reset-password --username admin --password "$SUPERSET_ADMIN_PASSWORD"
superset init
superset import-dashboards --path /opt/dashboards.zip --username admin
unset SUPERSET_ADMIN_PASSWORD
exec gunicorn --bind "0.0.0.0:$SUPERSET_PORT" --workers 1 --threads 8 --timeout 120 "superset.app:create_app()"
