#!/usr/bin/env bash
# Runs every test on a clean clone: unit, cluster, end to end (SQLite, a PostgreSQL of its own, the npm client, chromium).
# Installs what is missing where it may (Debian, root). Ends with "N passed, N failed".
set -uo pipefail
cd "$(dirname "$0")"

need() { # command, Debian package
  command -v "$1" >/dev/null 2>&1 || ls /usr/lib/postgresql/*/bin/"$1" >/dev/null 2>&1 || missing+=("$2")
}
missing=()
need chromium chromium
need initdb postgresql-15
need node nodejs
need npm npm
need setpriv util-linux
need gcc gcc
need ip iproute2
need curl curl
[ -f /usr/include/time.h ] || missing+=(libc6-dev)
if [ "${#missing[@]}" -gt 0 ]; then
  echo "Installing ${missing[*]}…"
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}" >/dev/null || {
    echo "Install these packages and run again: ${missing[*]}" >&2
    echo "0 passed, 1 failed"
    exit 1
  }
fi

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
(cd tests/EndToEnd/device && npm ci --no-audit --no-fund --silent) || { echo "0 passed, 1 failed"; exit 1; }
dotnet build -c Release --nologo -v quiet LimoCha.Actors.sln || { echo "0 passed, 1 failed"; exit 1; }

failed=0
./deploy/check/run.sh || failed=1
# A test from which nothing is heard for so long fails, and is named.
patience=8m
for project in Unit Cluster EndToEnd Chaos; do
  dotnet test -c Release --no-build --nologo "tests/$project/$project.csproj" --blame-hang-timeout "$patience" --blame-hang-dump-type none --results-directory "$results/blame" --logger "trx;LogFileName=$results/$project.trx" --logger "console;verbosity=minimal" || failed=1
done

# The counts come from the result files, so that a run that broke off counts as failed.
count() { cat "$results"/*.trx 2>/dev/null | grep -o "<Counters [^>]*" | sed "s/.* $1=\"\([0-9]*\)\".*/\1/" | awk '{ n += $1 } END { print n + 0 }'; }
passed=$(count passed)
broken=$(count failed)
[ "$failed" -ne 0 ] && [ "$broken" -eq 0 ] && broken=1
echo "$passed passed, $broken failed"
[ "$broken" -eq 0 ] && [ "$passed" -gt 0 ]
