#!/bin/sh
# `make run`: builds the page and the server where they are not up to date, shows the step and the time that is left,
# and starts the server with a simulated building. Environment: DATA, PORT, ARGS, CARGO_TARGET_DIR.
set -u
cd "$(dirname "$0")/.." || exit 1
target=${CARGO_TARGET_DIR:-target}
binary=$target/release/castellan
logs=$target/start-logs
mkdir -p "$logs" || exit 1

# Seconds that each step takes on two cores when nothing is there; the pace so far corrects them.
plan_tools=2 plan_packages=30 plan_page=15 plan_server=480
[ -f web/node_modules/.package-lock.json ] && plan_packages=1
[ -f web/dist/index.html ] && plan_page=5
[ -x "$binary" ] && plan_server=120

now() { date +%s; }

minutes() {
    if [ "$1" -lt 60 ]; then echo "less than a minute"; else echo "about $((($1 + 59) / 60)) min"; fi
}

# say STEP TEXT SECONDS-LEFT
say() { printf '[%s/5] %s; %s left\n' "$1" "$2" "$(minutes "$3")"; }

# quietly NAME COMMAND...: shows the output only when the command fails.
quietly() {
    name=$1
    shift
    "$@" >"$logs/$name.log" 2>&1 && return 0
    cat "$logs/$name.log"
    echo "This step failed; its output is above and in $logs/$name.log"
    exit 1
}

# Counts the crates as cargo names them; the last ones are large, so they count for more than their number.
watch_server() {
    total=$(cargo tree --locked --edges normal,build --prefix none 2>/dev/null | sed 's/ (\*)$//' | sort -u | wc -l)
    [ "$total" -gt 0 ] || total=300
    begun=$(now) count=0 shown=0
    while IFS= read -r line; do
        printf '%s\n' "$line" >>"$logs/server.log"
        case $line in *" Compiling "*) count=$((count + 1)) ;; *) continue ;; esac
        spent=$(($(now) - begun))
        left=$((spent * (total + total / 3 - count) / count))
        [ "$count" -lt 60 ] && left=$((plan_server - spent))
        [ "$left" -lt 1 ] && left=1
        if [ -t 1 ]; then
            printf '\r[4/5] the server: %s of about %s crates; %s left   ' "$count" "$total" "$(minutes "$left")"
        elif [ $((count - shown)) -ge 40 ]; then
            shown=$count
            say 4 "the server: $count of about $total crates" "$left"
        fi
    done
    [ -t 1 ] && [ "$count" -gt 0 ] && printf '\n'
    return 0
}

begun_all=$(now)
say 1 "the tools" $((plan_tools + plan_packages + plan_page + plan_server))
quietly tools sh tests/setup.sh build
say 2 "the page's packages" $((plan_packages + plan_page + plan_server))
quietly packages sh tests/page.sh packages
say 3 "the page" $((plan_page + plan_server))
quietly page sh tests/page.sh build
say 4 "the server" "$plan_server"
: >"$logs/server.log"
{
    cargo build --release --locked --package castellan 2>&1
    echo $? >"$logs/server.status"
} | watch_server
if [ "$(cat "$logs/server.status")" != 0 ]; then
    grep -v ' Compiling ' "$logs/server.log"
    echo "The server did not build; the output is above and in $logs/server.log"
    exit 1
fi
printf '[5/5] built in %s s; it starts with a simulated building. Ctrl-C stops it.\n' $(($(now) - begun_all))
# shellcheck disable=SC2086 # ARGS is a list of arguments
exec "$binary" serve --demo --data "${DATA:-data}" ${PORT:+--port "$PORT"} ${ARGS:-}
