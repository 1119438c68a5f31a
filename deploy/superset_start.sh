#!/usr/bin/env bash
# Prepare Superset's own metadata, make the administrator and the read-only connection, then serve.
set -euo pipefail
superset db upgrade
superset fab create-admin --username admin --firstname Guestbook --lastname Admin \
    --email admin@localhost --password "$SUPERSET_ADMIN_PASSWORD" || superset fab reset-password --username admin --password "$SUPERSET_ADMIN_PASSWORD"
superset init
superset set-database-uri --database_name Guestbook \
    --uri "duckdb:////published/guestbook.duckdb?access_mode=read_only"
unset SUPERSET_ADMIN_PASSWORD
exec gunicorn --bind "0.0.0.0:$SUPERSET_PORT" --workers 1 --threads 8 --timeout 120 "superset.app:create_app()"
