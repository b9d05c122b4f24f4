#!/usr/bin/env bash
# Installs what the tests need besides Python: Chromium, and node for the JavaScript tests.
# Debian's packages where we may install them, otherwise Playwright's own Chromium.
set -euo pipefail

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }
may_install() { command -v apt-get >/dev/null && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }; }

missing=()
command -v node >/dev/null || missing+=(nodejs)
# On Ubuntu the package of this name only points to another installer.
command -v chromium >/dev/null || { ! grep -q '^ID=debian$' /etc/os-release 2>/dev/null || missing+=(chromium fonts-dejavu-core); }

if [ ${#missing[@]} -gt 0 ] && may_install; then
    as_root apt-get update -qq
    DEBIAN_FRONTEND=noninteractive as_root apt-get install -y -qq --no-install-recommends "${missing[@]}"
fi
if ! command -v chromium >/dev/null; then
    if may_install; then .venv/bin/playwright install --with-deps chromium; else .venv/bin/playwright install chromium; fi
fi
if ! command -v node >/dev/null; then
    echo "node is missing: the tests in tests/js need it. Install Node.js 18 or newer and run make test again." >&2
    exit 1
fi
