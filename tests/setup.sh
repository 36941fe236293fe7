#!/bin/sh
# Checks the tools that building (`build`) or testing (`test`) needs. As root with apt-get it installs what is missing;
# otherwise it says what to install and fails. Rust and Node are never installed here: how is a person's own choice.
# The Python and npm packages that tests speak to go into the target folder, and nowhere else.
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
need() { for tool in "$2" "/usr/sbin/$2"; do has "$tool" && return; done; packages="$packages $1"; }
if [ "$purpose" = test ]; then
    need mosquitto mosquitto
    need mosquitto-clients mosquitto_sub
    need socat socat
    need openssl openssl
    need python3 python3
    python3 -c 'import venv, ensurepip' 2>/dev/null || packages="$packages python3-venv"
fi
if [ -n "$packages" ]; then
    if has apt-get && [ "$(id -u)" = 0 ]; then
        # shellcheck disable=SC2086 # a list of packages
        { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends $packages; } || exit 1
        case "$packages " in *" mosquitto "*)
            # Tests start brokers of their own; the one that some systems start with the package is not wanted.
            if [ -d /run/systemd/system ]; then systemctl disable --now mosquitto; else service mosquitto stop; fi ;;
        esac
    else
        missing="$missing$packages"
    fi
fi
if [ -n "$missing" ]; then
    echo "Please install:$missing"
    has apt-get && [ -n "$packages" ] && echo "  on Debian or Ubuntu: sudo apt-get install$packages"
    exit 1
fi

# speaks PYTHON: whether it can import what tests/peers/requirements.txt names
speaks() { "$1" -c 'import mcp, paho.mqtt.client, pymodbus, schemathesis, serial' 2>/dev/null; }

peers=${CASTELLAN_PEERS:-${CARGO_TARGET_DIR:-target}/peers}
if [ "$purpose" = test ] && [ -n "${CASTELLAN_PEERS:-}" ]; then
    speaks "$peers/bin/python" || { echo "CASTELLAN_PEERS=$peers has no bin/python with mcp, paho-mqtt, pymodbus, pyserial and schemathesis"; exit 1; }
elif [ "$purpose" = test ] && ! cmp -s tests/peers/requirements.txt "$peers/requirements.txt"; then
    # The copied list says that everything in it was installed.
    if python3 -m venv --clear "$peers" &&
        "$peers/bin/python" -m pip install --quiet --disable-pip-version-check --requirement tests/peers/requirements.txt; then
        cp tests/peers/requirements.txt "$peers/" || exit 1
    else
        rm -rf "$peers"
        speaks python3 || { echo "Please install for python3: $(grep = tests/peers/requirements.txt | tr '\n' ' ')"; exit 1; }
    fi
fi
if [ "$purpose" = test ] && ! cmp -s tests/peers/agent/package-lock.json "$peers/agent/package-lock.json"; then
    # The copied lock says that everything in it was installed.
    rm -rf "$peers/agent" && mkdir -p "$peers/agent" && cp tests/peers/agent/package.json "$peers/agent/" &&
        cp tests/peers/agent/package-lock.json "$peers/agent/package-lock.json" &&
        (cd "$peers/agent" && npm ci --silent --no-audit --no-fund --ignore-scripts) ||
        { rm -rf "$peers/agent"; echo "The npm packages of tests/peers/agent cannot be installed into $peers/agent"; exit 1; }
fi
echo "The tools are there: $(rustc --version | cut -d' ' -f1,2), node $(node --version)"
