#!/bin/sh
# Checks the tools that building (`build`) or testing (`test`) needs. As root with apt-get it installs what is missing;
# otherwise it says what to install and fails. Rust and Node are never installed here: how is a person's own choice.
set -u
cd "$(dirname "$0")/.." || exit 1
purpose=${1:-test}
missing=""

has() { command -v "$1" >/dev/null 2>&1; }

# at_least WANTED PRESENT: compares versions of the form 1.95 or 20.19.0
at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; }

rust_wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
node_wanted=20.19

if ! has cargo; then
    echo "Rust $rust_wanted or newer is needed: https://www.rust-lang.org/tools/install"
    missing="$missing rust"
elif ! at_least "$rust_wanted" "$(rustc --version | cut -d' ' -f2)"; then
    echo "Rust $rust_wanted or newer is needed; this is $(rustc --version)"
    missing="$missing rust"
fi
if ! has node || ! has npm; then
    echo "Node $node_wanted or newer with npm is needed: https://nodejs.org"
    missing="$missing node"
elif ! at_least "$node_wanted" "$(node --version | tr -d v)"; then
    echo "Node $node_wanted or newer is needed; this is $(node --version)"
    missing="$missing node"
fi
[ -z "$missing" ] || exit 1

if [ "$purpose" = test ]; then
    for part in fmt clippy; do
        cargo $part --version >/dev/null 2>&1 && continue
        if has rustup; then rustup component add rustfmt clippy || exit 1; else missing="$missing cargo-$part"; fi
    done
fi

packages=""
has cc || packages="$packages build-essential"
if [ "$purpose" = test ] && [ -z "${CHROMIUM:-}" ] && ! has chromium && ! has chromium-browser && ! has google-chrome; then
    packages="$packages chromium"
fi
if [ -n "$packages" ]; then
    if has apt-get && [ "$(id -u)" = 0 ]; then
        # shellcheck disable=SC2086 # a list of packages
        { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends $packages; } || exit 1
    else
        missing="$missing$packages"
    fi
fi
if [ -n "$missing" ]; then
    echo "Please install:$missing"
    has apt-get && [ -n "$packages" ] && echo "  on Debian or Ubuntu: sudo apt-get install$packages"
    exit 1
fi
echo "The tools are there: $(rustc --version | cut -d' ' -f1,2), node $(node --version)"
