#!/bin/sh
# `make test`: every suite in order, each with its budget of minutes; a table and the sum at the end.
# `tests/run.sh NAME` runs one suite. Environment: CARGO_TARGET_DIR. The logs stay in TARGET/test-logs.
set -u
cd "$(dirname "$0")/.." || exit 1
target=${CARGO_TARGET_DIR:-target}
logs=$target/test-logs
total_minutes=45

# Suite and budget in minutes, from an empty machine with two cores. The page is built first: the server carries it.
suites="setup:4 web:3 format:1 lint:12 rust:20 browser:5"

run_suite() {
    case $1 in
    setup) sh tests/setup.sh test ;;
    web) sh tests/page.sh packages && sh tests/page.sh build && npm --prefix web test ;;
    format) cargo fmt --all --check ;;
    lint) sh tests/page.sh packages && sh tests/page.sh build && cargo clippy --workspace --all-targets --locked -- -D warnings ;;
    rust)
        sh tests/page.sh packages && sh tests/page.sh build || return 1
        if cargo nextest --version >/dev/null 2>&1; then
            cargo nextest run --workspace --locked
        else
            cargo test --workspace --locked --no-fail-fast
        fi
        ;;
    browser)
        sh tests/page.sh packages && sh tests/page.sh build && cargo build --locked --package castellan || return 1
        sh tests/browser.sh "$target/debug/castellan"
        ;;
    *)
        echo "no suite is called $1; they are: $(echo "$suites" | sed 's/:[0-9]*//g')"
        return 2
        ;;
    esac
}

# Reads the sums that the runners print: nextest, cargo test, vitest, and `N passed, N failed`.
# A suite that failed without a failing test (it did not build) counts as one failure, one without tests as one check.
count() {
    sed 's/\x1b\[[0-9;]*m//g' "$logs/$1.log" | awk -v status="$2" '
        function number(text, word) { return match(text, "[0-9]+ " word) ? substr(text, RSTART, RLENGTH) + 0 : 0 }
        /^ *Summary \[.* tests? run:/ || /^test result:/ || /^ *Tests  +[0-9]/ || /^[0-9]+ passed, [0-9]+ failed/ {
            passed += number($0, "passed"); failed += number($0, "failed") + number($0, "timed out") + number($0, "exec failed")
        }
        END {
            if (status != 0 && failed == 0) failed = 1
            if (status == 0 && passed == 0) passed = 1
            print passed + 0, failed + 0
        }'
}

if [ $# -gt 0 ]; then
    for suite in "$@"; do run_suite "$suite" || exit $?; done
    exit 0
fi

mkdir -p "$logs" || exit 1
rm -f "$logs"/*.log "$logs"/*.status "$logs/sum"
begun_all=$(date +%s)
child=""
# A suite runs in a process group of its own, which a key press does not reach.
trap '[ -f "$logs/pid" ] && kill "$(cat "$logs/pid")" 2>/dev/null; exit 130' INT TERM

all_passed=0 all_failed=0 table="" stopped=""
for entry in $suites; do
    suite=${entry%:*} budget=${entry#*:}
    begun=$(date +%s)
    left=$((total_minutes * 60 - (begun - begun_all)))
    if [ -n "$stopped" ] || [ "$left" -lt 1 ]; then
        stopped=yes all_failed=$((all_failed + 1))
        table="$table$suite|$budget|-|0|1|not run\n"
        continue
    fi
    printf '\n== %s (budget %s min)\n' "$suite" "$budget"
    limit=""
    command -v timeout >/dev/null 2>&1 && limit="timeout -k 10 $left"
    {
        $limit sh tests/run.sh "$suite" 2>&1 &
        child=$!
        echo "$child" >"$logs/pid"
        wait "$child"
        echo $? >"$logs/$suite.status"
    } | tee "$logs/$suite.log"
    rm -f "$logs/pid"
    status=$(cat "$logs/$suite.status")
    seconds=$(($(date +%s) - begun))
    sums=$(count "$suite" "$status")
    passed=${sums% *} failed=${sums#* }
    note=ok
    [ "$failed" -gt 0 ] && note="FAILED"
    [ "$seconds" -gt $((budget * 60)) ] && note="$note, over budget"
    if [ "$status" = 124 ] || [ "$status" = 137 ]; then
        note="stopped: all suites together may take $total_minutes minutes" stopped=yes
    fi
    # Without the tools or the page every other suite fails for the same reason.
    if [ "$failed" -gt 0 ] && { [ "$suite" = setup ] || [ ! -f web/dist/index.html ]; }; then stopped=yes; fi
    all_passed=$((all_passed + passed)) all_failed=$((all_failed + failed))
    table="$table$suite|$budget|$((seconds / 60)):$(printf '%02d' $((seconds % 60)))|$passed|$failed|$note\n"
done

spent=$(($(date +%s) - begun_all))
table="${table}all|$total_minutes|$((spent / 60)):$(printf '%02d' $((spent % 60)))|$all_passed|$all_failed|"
echo
printf '%b\n' "suite|budget min|min:s|passed|failed|\n$table" | awk -F'|' '{ printf "%-10s %10s %8s %8s %8s  %s\n", $1, $2, $3, $4, $5, $6 }'
echo "The logs are in $logs"
echo "$all_passed passed, $all_failed failed" >"$logs/sum"
[ "$all_failed" -eq 0 ]
