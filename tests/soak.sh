#!/bin/sh
# `make soak`: the same tests for longer, and those marked `ignore` because they always take long. Environment:
#   SOAK            how many times as many seeds, restarts and kills as in `make test` (default 20)
#   PROPTEST_CASES  cases of each property test (default 5000); a failing case is kept beside its test
#   FILTER          only tests whose name contains this
set -u
cd "$(dirname "$0")/.." || exit 1
export SOAK="${SOAK:-20}" PROPTEST_CASES="${PROPTEST_CASES:-5000}"
sh tests/setup.sh build && sh tests/page.sh packages && sh tests/page.sh build || exit 1
echo "soak: $SOAK times the loops, $PROPTEST_CASES cases of each property"
if cargo nextest --version >/dev/null 2>&1; then
    cargo nextest run --workspace --locked --profile soak --run-ignored all ${FILTER:+"$FILTER"}
else
    cargo test --workspace --locked --no-fail-fast -- --include-ignored ${FILTER:+"$FILTER"}
fi
