#!/usr/bin/env bash
# Installs the PostgreSQL server that the tests start for themselves: Debian's package where we may install it, without a database of its own.
set -euo pipefail

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }
may_install() { command -v apt-get >/dev/null && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }; }

has_postgresql() { compgen -G '/usr/lib/postgresql/*/bin/initdb' || command -v initdb; } >/dev/null

if ! has_postgresql && may_install; then
    as_root apt-get update -qq
    export DEBIAN_FRONTEND=noninteractive
    # A server that nobody asked for should not run.
    as_root apt-get install -y -qq --no-install-recommends postgresql-common
    as_root sed -i 's/^#\?create_main_cluster.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf
    as_root apt-get install -y -qq --no-install-recommends postgresql
fi
if ! has_postgresql; then
    echo "PostgreSQL is missing: tests start a server of their own. Install PostgreSQL 13 or newer and run make test again." >&2
    exit 1
fi
