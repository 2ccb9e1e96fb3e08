#!/bin/sh
# Installs Placebridge from this folder, without a network: ./install.sh FOLDER
set -eu
here=$(cd "$(dirname "$0")" && pwd)
if [ $# -ne 1 ]; then
  echo "write the folder to install into, as in ./install.sh /opt/placebridge" >&2
  exit 2
fi
python=${PYTHON:-python3}
wanted=$(cat "$here/python-version.txt")
found=$("$python" -c 'import platform, sys, sysconfig; print("%d.%d" % sys.version_info[:2], sysconfig.get_platform())') || {
  echo "there is no $python here; install Python, or name one as in PYTHON=python3.11 ./install.sh $1" >&2
  exit 1
}
if [ "$found" != "$wanted" ]; then
  echo "this bundle is for Python $wanted, and $python is $found; name another as in PYTHON=python3.11 ./install.sh $1, or get the bundle for yours" >&2
  exit 1
fi
if [ -e "$1" ] && [ -n "$(ls -A "$1")" ]; then
  echo "$1 is not empty; name a new folder (an older version stays beside the new one until you remove it)" >&2
  exit 1
fi
(cd "$here" && sha256sum --check --quiet SHA256SUMS) || {
  echo "a file of this bundle is not as it was made; get the bundle again" >&2
  exit 1
}
# Debian's Python comes without pip: the one in this folder is used, with no settings of this machine's own.
pip=$(echo "$here"/pip-*.whl)
"$python" -m venv --without-pip "$1"
env -u PIP_FIND_LINKS -u PIP_EXTRA_INDEX_URL -u PIP_INDEX_URL PIP_CONFIG_FILE=/dev/null PIP_NO_INDEX=1 PIP_DISABLE_PIP_VERSION_CHECK=1 \
  "$1/bin/python" "$pip/pip" install --quiet --no-cache-dir --no-index --no-deps --find-links "$here/wheels" \
  --require-hashes --only-binary :all: -r "$here/requirements.txt"
"$1/bin/placebridge" --version
echo "installed; the command is $1/bin/placebridge"
