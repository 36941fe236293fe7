#!/bin/sh
# The browser tests against the real binary: starts it with the demo building on a data folder of its own, reads the
# address and the one-time code that it prints, runs web/e2e, and stops it. `tests/browser.sh BINARY [NAME]`: only the
# suites whose names have NAME in them. Pictures of every step are left in TARGET/browser-shots, for the eye.
set -u
cd "$(dirname "$0")/.." || exit 1
binary=${1:?usage: tests/browser.sh BINARY [NAME]}
only=${2:-}
E2E_SHOTS=$(mkdir -p "${CARGO_TARGET_DIR:-target}/browser-shots" && cd "${CARGO_TARGET_DIR:-target}/browser-shots" && pwd) || exit 1
rm -f "$E2E_SHOTS"/*.png
export E2E_SHOTS
start_seconds_max=60
# So many times as fast goes the time of the building: a minute of a rule is three seconds of a test.
speed=20

for name in chromium chromium-browser google-chrome; do
    [ -n "${CHROMIUM:-}" ] || CHROMIUM=$(command -v "$name" || true)
done
[ -n "$CHROMIUM" ] || { echo "no Chromium found; name it with CHROMIUM, or run 'make setup'"; exit 1; }
export CHROMIUM

folder=$(mktemp -d) || exit 1
server=""
# shellcheck disable=SC2329 # called by the trap
finish() {
    [ -n "$server" ] && kill "$server" 2>/dev/null && wait "$server" 2>/dev/null
    rm -rf "$folder"
}
trap finish EXIT
trap 'exit 130' INT TERM

# A port that is taken gives way to the next free one, so two runs do not meet.
"$binary" serve --demo --speed "$speed" --data "$folder/data" --port 18080 --mqtt-port 0 >"$folder/log" 2>&1 &
server=$!
address="" waited=0
while [ -z "$address" ]; do
    if ! kill -0 "$server" 2>/dev/null || [ "$waited" -ge "$start_seconds_max" ]; then
        cat "$folder/log"
        echo "the server printed no address with a code within $start_seconds_max s"
        exit 1
    fi
    sleep 1
    waited=$((waited + 1))
    address=$(sed -n 's/.*\(http:\/\/[^ ]*#code=[^ ]*\).*/\1/p' "$folder/log" | head -n 1)
done

CASTELLAN_URL=${address%%/#code=*} CASTELLAN_CODE=${address#*#code=} npm --prefix web run --silent e2e -- "$only"
status=$?
if [ "$status" -ne 0 ]; then
    echo "-- the server's last words"
    tail -n 40 "$folder/log"
fi
exit "$status"
