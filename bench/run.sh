#!/usr/bin/env bash
# Measures the product against what people would write instead, and against push alone, in one run on one PostgreSQL.
#   ./bench/run.sh dispatch [--rounds N] [--seconds S] [--devices D] [--callers C]
# All contenders run all the time and take turns being loaded (A B C A B C …), after two unrecorded rounds in which the
# runtime compiles; the table with medians and ratios is printed and kept in bench/results/.
set -euo pipefail
cd "$(dirname "$0")/.."

scenario="${1:-}"; [ "$scenario" = dispatch ] || { echo "usage: $0 dispatch [--rounds N] [--seconds S] [--devices D] [--callers C]" >&2; exit 2; }
shift
rounds=3 seconds=12 devices=1000 callers=64
while [ $# -gt 0 ]; do
  case "$1" in
    --rounds) rounds=$2 ;; --seconds) seconds=$2 ;; --devices) devices=$2 ;; --callers) callers=$2 ;;
    *) echo "unknown option $1" >&2; exit 2 ;;
  esac
  shift 2
done

work=$(mktemp -d); chmod 755 "$work"
results="$work/results.jsonl"
pg=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
port=$((20000 + RANDOM % 20000)); silo=$((port + 2)); gateway=$((port + 3))
declare -A web=([conventional]=$((port + 4)) [product]=$((port + 5)) [push-only]=$((port + 6))) server=()
as_db() { if [ "$(id -u)" -eq 0 ]; then setpriv --reuid=nobody --regid=nogroup --clear-groups "$@"; else "$@"; fi; }
cleanup() {
  for pid in "${server[@]}"; do kill -9 "$pid" 2>/dev/null || true; done
  as_db "$pg/pg_ctl" -D "$work/pg" stop -m immediate >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap cleanup EXIT

echo "Building…"
for project in bench/Load bench/Conventional bench/PushOnly src/WebApi; do dotnet build -c Release --nologo -v quiet "$project" >"$work/build.log" || { cat "$work/build.log"; exit 1; }; done
# The generator's own continuations run where its sockets complete: it takes a fifth less of the machine that is measured.
load() { DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS=1 dotnet bench/Load/bin/Release/net10.0/LimoCha.Bench.Load.dll "$@"; }

mkdir "$work/pg"; [ "$(id -u)" -eq 0 ] && chown nobody "$work/pg"
as_db "$pg/initdb" -D "$work/pg" -U limocha -A trust -E UTF8 --locale=C.UTF-8 >/dev/null
as_db "$pg/pg_ctl" -D "$work/pg" -w -l "$work/pg/log" -o "-p $port -k $work/pg -c listen_addresses=127.0.0.1 -c fsync=on -c shared_buffers=1GB -c max_wal_size=4GB -c max_connections=200" start >/dev/null
for name in conventional product; do "$pg/createdb" -h 127.0.0.1 -p "$port" -U limocha "$name"; done
connection() { echo "Host=127.0.0.1;Port=$port;Username=limocha;Database=$1"; }

start() { # contender
  local log="$work/$1.log" url="http://127.0.0.1:${web[$1]}"
  case "$1" in
    conventional) ConnectionString="$(connection conventional)" ASPNETCORE_URLS="$url" dotnet bench/Conventional/bin/Release/net10.0/LimoCha.Bench.Conventional.dll >"$log" 2>&1 & ;;
    push-only) ASPNETCORE_URLS="$url" dotnet bench/PushOnly/bin/Release/net10.0/LimoCha.Bench.PushOnly.dll >"$log" 2>&1 & ;;
    product) LIMOCHA_DATA="$work/data" LIMOCHA_URLS="$url" Storage__Provider=PostgreSql Storage__ConnectionString="$(connection product)" \
      Cluster__SiloPort=$silo Cluster__GatewayPort=$gateway Web__AccessTokenLifetime=10:00:00 RateLimits__PerUserPerSecond=1000000 RateLimits__PerUserBurst=1000000 \
      RateLimits__SignInsPerMinute=1000000 dotnet src/WebApi/bin/Release/net10.0/LimoCha.Actors.WebApi.dll >"$log" 2>&1 & ;;
  esac
  server[$1]=$!
  until curl -s -o /dev/null "$url/health/ready"; do kill -0 "${server[$1]}" || { cat "$log"; exit 1; }; sleep 0.2; done
}

measure() { # contender mode load
  load dispatch "$2" "http://127.0.0.1:${web[$1]}/" "$work/users-$1.json" "$devices" "$3" "$seconds" "${server[$1]}" "$(head -1 "$work/pg/postmaster.pid")" |
    sed "s/^{/{\"contender\":\"$1\",/" | tee -a "$results"
}

echo "Preparing $devices staff…"
for contender in conventional product push-only; do start "$contender"; done
until token=$(grep -o 'setup?token=[0-9a-f]*' "$work/product.log" | cut -d= -f2) && [ -n "$token" ]; do sleep 0.2; done
load prepare "http://127.0.0.1:${web[product]}/" "$token" "$devices" "$work/users-product.json"
for contender in conventional push-only; do curl -s "http://127.0.0.1:${web[$contender]}/bench/users?count=$((devices + 1))" >"$work/users-$contender.json"; done

# The runtime compiles hot methods anew for minutes of use: until then a contender runs at a third of its rate.
echo "Warming up"
for round in 1 2; do for contender in conventional product push-only; do measure "$contender" closed "$callers" >/dev/null; done; done
rm -f "$results"

for round in $(seq "$rounds"); do
  echo "Round $round of $rounds"
  for contender in conventional product push-only; do measure "$contender" closed "$callers"; done
done
peak=$(grep '"contender":"conventional"' "$results" | grep -o '"rate":[0-9.]*' | cut -d: -f2 | sort -n | awk '{ a[NR] = $1 } END { printf "%d", a[int((NR + 1) / 2)] }')
echo "Open loop at the conventional stack's peak of $peak/s"
for round in $(seq "$rounds"); do
  for contender in conventional product; do measure "$contender" open "$peak"; done
done

out="bench/results/$(date -u +%F)-dispatch.md"
{
  echo "# Dispatch, $(date -u +%F)"
  echo
  echo "$(nproc) cores ($(awk -F: '/model name/ { print $2; exit }' /proc/cpuinfo | xargs)), $(free -g | awk '/Mem/ { print $2 }') GiB, PostgreSQL $("$pg/postgres" --version | awk '{ print $3 }') with fsync, .NET $(dotnet --version); everything on one machine, load generator included. $devices devices, $callers callers, $rounds rounds of $seconds s, taking turns."
  load report "$results"
} | tee "$out"
cp "$results" "${out%.md}.jsonl"
echo "Kept in $out"
