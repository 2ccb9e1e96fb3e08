#!/usr/bin/env bash
# Runs the Containerfile's own RUN steps in a clean folder, without a container engine, and starts the worker there as a container would:
# another user (as root), no capabilities, the root read-only where that can be had, SIGTERM at the end. Takes some minutes and an index
# of packages. What it does not try is said: the base image, apt-get and useradd.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill -KILL "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
say() { printf '%s\n' "- $*"; }
fail() { echo "FAILED: $*" >&2; [ ! -f "$work/log" ] || cat "$work/log" >&2; exit 1; }
chmod 755 "$work"

export SRC=$work/src BUNDLE=$work/bundle INTO=$work/opt
mkdir "$SRC"
(cd "$root" && git ls-files -z connector mappings store jobs placebridge docs deploy run pyproject.toml requirements.lock README.md LICENSE \
  config.example.env | xargs -0 cp --parents -t "$SRC")
file=$root/deploy/container/Containerfile
base=$(sed -n 's/^FROM .*python:\([0-9.]*\)-.*/\1/p' "$file" | sort -u)
python3 -c "import sys; sys.exit('%d.%d' % sys.version_info[:2] != '$base')" || fail "python3 is to be $base, as in the image"
while read -r step; do
  case $step in
    *apt-get* | *useradd*) say "not run: ${step:0:60} ..." ;;
    *) say "$step"; (cd / && sh -euc "$step") >"$work/log" 2>&1 || fail "$step" ;;
  esac
done < <(sed -n 's/^RUN //p' "$file")
rm -rf "$SRC" "$work/log"
[ ! -e "$INTO/bin/pip" ] || fail "pip is in the image"
say "installed: $(du -sh "$INTO" | cut -f1), $(find "$INTO"/lib/*/site-packages -maxdepth 1 -name '*.dist-info' | wc -l) packages"

mkdir "$work/etc" "$work/data" "$work/secrets" "$work/exports"
printf 'Account Id,Account Name\nA1,Acme Ltd\nA2,Bolt Ltd\n' >"$work/exports/accounts.csv"
printf 'business: {from: accounts.csv, id: Account Id, fields: {name: Account Name}}\n' >"$work/etc/council.yaml"
key=PLACEBRIDGE_CONNECTIONS__COUNCIL__
printf '%s\n' "${key}KIND=files" "${key}SIDE=council" "${key}PATH=$work/exports" "${key}MAPPING=council.yaml" "${key}SCHEDULE=* * * * *" >"$work/etc/config.env"
printf 'sqlite:///%s/placebridge.db' "$work/data" >"$work/secrets/PLACEBRIDGE_DATABASE_URL"
port=$(python3 -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])')
given=(env -i PATH="$INTO/bin:/usr/bin:/bin" PYTHONUNBUFFERED=1 PLACEBRIDGE_SECRETS_DIR="$work/secrets" PLACEBRIDGE_WORKER__HEALTH_PORT="$port"
  PLACEBRIDGE_WORKER__HEALTH_HOST=0.0.0.0 PLACEBRIDGE_WORKER__BEAT_SECONDS=1 PLACEBRIDGE_WORKER__LOGS=json)
as=()
if [ "$(id -u)" = 0 ]; then
  chown -R 10001:10001 "$work/data"
  as=(setpriv --reuid=10001 --regid=10001 --clear-groups --bounding-set=-all --no-new-privs)
fi
container=()
if [ "$(id -u)" = 0 ] && unshare --mount true 2>/dev/null; then
  # Everything read-only, but /data, /tmp and /dev/shm. As the first process of its own space SIGTERM does nothing unless it is heard.
  printf '%s\n' 'set -eu' 'mount --bind / /' 'mount -o remount,bind,ro /' "mount --bind $work/data $work/data" \
    "mount -o remount,bind,rw $work/data" 'mount -t tmpfs tmpfs /dev/shm' 'exec "$@"' >"$work/inside.sh"
  container=(unshare --mount --pid --fork --kill-child sh "$work/inside.sh")
  say "the root is read-only, and the worker is the first process of its process namespace"
else
  say "not tried: a read-only root (that needs root)"
fi
sh -c 'cd "$0" && exec "$@"' "$work/data" ${container[@]+"${container[@]}"} ${as[@]+"${as[@]}"} "${given[@]}" \
  placebridge worker --config "$work/etc/config.env" >"$work/log" 2>&1 &
server=$!
healthy=$(sed -n 's/^HEALTHCHECK.* CMD //p' "$file")
until "${given[@]}" python3 -c 'import json, subprocess, sys; sys.exit(subprocess.run(json.loads(sys.argv[1]), stderr=subprocess.DEVNULL).returncode)' "$healthy"; do
  kill -0 "$server" || fail "the worker ended"
  sleep 0.5
done
say "the image's own HEALTHCHECK finds it well"
"${as[@]}" "${given[@]}" placebridge schedule run council --config "$work/etc/config.env" >/dev/null
for _ in $(seq 120); do
  ! "${as[@]}" "${given[@]}" placebridge runs --format csv --config "$work/etc/config.env" | grep -q ',done,' || break
  sleep 0.5
done
"${as[@]}" "${given[@]}" placebridge runs --format csv --config "$work/etc/config.env" | grep -q ',done,2,2,' || fail "nothing was read"
say "it read the exports"
"${as[@]}" "${given[@]}" placebridge doctor --config "$work/etc/config.env" >"$work/doctor" || { cat "$work/doctor"; fail "the doctor is not content"; }
worker=$server
while child=$(pgrep -o -P "$worker") && [ "$(ps -o comm= -p "$worker")" != placebridge ]; do worker=$child; done
began=$(date +%s)
kill -TERM "$worker"
wait "$server" && code=0 || code=$?
server=
[ "$code" = 0 ] || fail "it ended with $code"
say "SIGTERM: ended with 0 after $(($(date +%s) - began)) seconds, as user $(stat -c %u "$work/data/placebridge.db")"
