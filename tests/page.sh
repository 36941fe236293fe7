#!/bin/sh
# Builds the page that the server carries in its binary: `packages` installs what it needs, `build` builds web/dist.
# Each does nothing when nothing has changed.
set -u
cd "$(dirname "$0")/../web" || exit 1

case "${1:-build}" in
packages)
    # npm leaves its own record of the lock file behind.
    if [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
        npm ci --no-audit --no-fund || exit 1
    fi
    ;;
build)
    sources="src public index.html package-lock.json vite.config.ts tsconfig.json"
    # shellcheck disable=SC2086 # a list of paths
    if [ ! -f dist/index.html ] || [ -n "$(find $sources -newer dist/index.html -print 2>/dev/null | head -n 1)" ]; then
        npm run build || exit 1
    fi
    ;;
*)
    echo "usage: tests/page.sh packages|build"
    exit 2
    ;;
esac
