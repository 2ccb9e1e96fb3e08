#!/usr/bin/env bash
# Makes the offline bundle twice, installs it without a network and syncs a tiny world with it. Takes about two minutes; needs an index of
# packages for the first part, and root for a network that is not there (else pip is only told to use none).
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
say() { printf '%s\n' "- $*"; }
fail() { echo "FAILED: $*" >&2; exit 1; }

[ -x "$root/.venv/bin/python" ] || fail "the project is not set up; ./run --version does it"
"$root/.venv/bin/python" "$root/deploy/bundle/make.py" --out "$work/one" >/dev/null
"$root/.venv/bin/python" "$root/deploy/bundle/make.py" --out "$work/two" >/dev/null
cmp "$work"/one/*.tar.gz "$work"/two/*.tar.gz || fail "two bundles of the same sources differ"
say "made twice, the same to the last bit: $(du -h "$work"/one/*.tar.gz | cut -f1)"

mkdir "$work/unpacked"
tar -xzf "$work"/one/*.tar.gz -C "$work/unpacked"
bundle=$(echo "$work"/unpacked/*)
tar -tzf "$work"/one/*.tar.gz | LC_ALL=C sort -c || fail "the files are not in the order of their names"

# What the program reads beside its code must be in the wheel.
python3 - "$root" "$bundle" <<'PYTHON'
import pathlib, sys, zipfile
root, bundle = map(pathlib.Path, sys.argv[1:])
with zipfile.ZipFile(next(bundle.glob("wheels/placebridge-*.whl"))) as wheel:
    held = set(wheel.namelist())
    texts = {name: wheel.read(name) for name in held}
rooms = ("connector", "mappings", "store", "jobs", "review", "placebridge")
wanted = {str(path.relative_to(root)) for room in rooms for path in (root / room).rglob("*")
          if path.is_file() and "__pycache__" not in path.parts and path.suffix not in {".pyc", ".db"}}
missing = sorted(wanted - held)
assert not missing, f"the wheel lacks {missing}"
assert not [name for name in held if name.startswith(("tests", "benchmarks"))]
for path in [*bundle.glob("*.txt"), bundle / "SHA256SUMS", bundle / "install.sh"]:
    texts[path.name] = path.read_bytes()
for name, text in texts.items():
    for trace in (str(root).encode(), f"{pathlib.Path.home()}/".encode(), b"file:///opt", b"--index-url", b"--extra-index"):
        assert trace not in text, f"{name} holds {trace}"
print(f"- the wheel holds all {len(wanted)} files of its rooms, and no path of the machine that made it")
PYTHON

clean=(env -i PATH=/usr/bin:/bin HOME="$work/home" LANG=C.UTF-8)
alone() { "${clean[@]}" "$@"; }
# In the bundle there are wheels for one Python: that of the project's .venv.
python=$("$root/.venv/bin/python" -c 'import sys; print(sys._base_executable)')
mkdir "$work/home"
install=("${clean[@]}" PYTHON="$python" "$bundle/install.sh" "$work/installed")
if unshare -n true 2>/dev/null; then
  unshare -n "${install[@]}" >"$work/said"; say "installed where there is no network at all"
else
  "${install[@]}" >"$work/said"; say "installed, pip told to use no index (unshare -n may not be used here)"
fi
cat "$work/said"
command="$work/installed/bin/placebridge"

mkdir -p "$work/world/exports/council" && cd "$work/world"
printf 'Account Id,Account Name\nA1,Acme Ltd\nA2,Bolt Ltd\n' >exports/council/accounts.csv
printf 'Contact Id,First Name,Last Name,Job Title,Account Id\nC1,Ann,Lee,CEO,A1\n' >exports/council/contacts.csv
alone "$command" init --from exports >/dev/null
alone "$command" sync
[ "$(alone "$command" flags --format csv | wc -l)" = 3 ] || fail "a sync of two businesses lists others"
alone "$command" backup one.backup >/dev/null
alone "$command" connector new my_crm >/dev/null
alone "$command" support-bundle help.zip >/dev/null
alone "$work/installed/bin/python" -m placebridge.demo </dev/null >"$work/demo" 2>&1 || fail "the demo: $(tail -3 "$work/demo")"
say "sync, flags, backup, connector new, support-bundle and the demo work"

if alone PYTHON="$python" "$bundle/install.sh" "$work/installed" 2>"$work/said"; then fail "it installed into a folder in use"; fi
grep -q "is not empty" "$work/said"
printf 'x' >>"$(ls "$bundle"/wheels/*.whl | head -1)"
if alone PYTHON="$python" "$bundle/install.sh" "$work/other" >"$work/said" 2>&1; then fail "a changed wheel was installed"; fi
grep -q "get the bundle again" "$work/said"
say "a folder in use and a changed file are refused"
echo "all well"
