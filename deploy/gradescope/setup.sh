#!/usr/bin/env bash
# Gradescope runs this once, as root, while it builds the autograder's image. The bundle lies in /autograder/source.
# What the grader needs comes from the bundle; Python 3.11 to 3.13 and bubblewrap come from the image or its packages.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export DEBIAN_FRONTEND=noninteractive PIP_ROOT_USER_ACTION=ignore PIP_DISABLE_PIP_VERSION_CHECK=1

find_python() {
    local name
    for name in python3.13 python3.12 python3.11 python3; do
        if "$name" -c 'import sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
            echo "$name"
            return
        fi
    done
    return 1
}

install() { apt-get install -y -qq --no-install-recommends "$@" >/dev/null; }

install_python() {
    local version
    for version in 3.13 3.12 3.11; do
        if install "python$version" "python$version-venv" 2>/dev/null; then return; fi
    done
    # Ubuntu 22.04 and older have 3.10 and older
    install software-properties-common gpg-agent && add-apt-repository -y ppa:deadsnakes/ppa >/dev/null &&
        install python3.12 python3.12-venv
}

apt-get update -qq || echo "forklab: no package lists: what is not in the image can't be installed" >&2
if ! find_python >/dev/null; then install_python || true; fi
if ! python=$(find_python); then
    echo "forklab: this image has no Python 3.11 to 3.13, and none can be installed: take Ubuntu 24.04 or Debian 12" >&2
    exit 1
fi
"$python" -m venv --without-pip .venv
pip=$(echo wheels/pip-*.whl) # it runs from its own wheel
.venv/bin/python "$pip/pip" install --quiet --no-index --find-links wheels -r requirements.txt
install bubblewrap 2>/dev/null || echo "forklab: bubblewrap can't be installed here; the next box is tried" >&2
chmod -R go= reference
echo "forklab: set up with $("$python" --version)"
PYTHONPATH=$PWD .venv/bin/python -P -m grader doctor || true
