#!/usr/bin/env bash
# Installs what the tests need besides Python: a headless Chromium, and node for the JavaScript tests.
# Debian's packages where we may install them, otherwise Playwright's own Chromium.
set -euo pipefail

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }
may_install() { command -v apt-get >/dev/null && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }; }

has_chromium() { command -v chromium-headless-shell || command -v chromium; } >/dev/null

missing=()
command -v node >/dev/null || missing+=(nodejs)
# Ubuntu has no such package.
has_chromium || { ! grep -q '^ID=debian$' /etc/os-release 2>/dev/null || missing+=(chromium-headless-shell fonts-dejavu-core); }

if [ ${#missing[@]} -gt 0 ] && may_install; then
    as_root apt-get update -qq
    DEBIAN_FRONTEND=noninteractive as_root apt-get install -y -qq --no-install-recommends "${missing[@]}"
fi
if ! has_chromium; then
    if may_install; then .venv/bin/playwright install --with-deps --only-shell chromium; else .venv/bin/playwright install --only-shell chromium; fi
fi
if ! command -v node >/dev/null; then
    echo "node is missing: the tests in tests/js need it. Install Node.js 18 or newer and run make test again." >&2
    exit 1
fi
