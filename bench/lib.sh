# What every scenario needs: a folder of its own, a PostgreSQL of its own, contenders started and stopped, results kept.
# Sourced by bench/run.sh, from the repository's top.
work=$(mktemp -d); chmod 755 "$work"
results="$work/results.jsonl"; : >"$results"
pg=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
# Below the ports that the system gives to connections, so that nobody has them already.
port=$((20000 + RANDOM % 12000))
# A contender's first process, its address, and all of its processes where there are several.
declare -A server=() address=() processes=()
# Nothing is ever said here: to read from it for a moment is to pause.
exec {quiet}<> <(:)

as_db() { if [ "$(id -u)" -eq 0 ]; then setpriv --reuid=nobody --regid=nogroup --clear-groups "$@"; else "$@"; fi; }

cleanup() {
  for pid in "${server[@]}"; do kill -9 "$pid" 2>/dev/null || true; done
  [ -d "$work/pg" ] && as_db "$pg/pg_ctl" -D "$work/pg" stop -m immediate >/dev/null 2>&1
  rm -rf "$work"
}
trap cleanup EXIT

build() { # project…
  local project
  for project in "$@"; do dotnet build -c Release --nologo -v quiet "$project" >"$work/build.log" || { cat "$work/build.log"; exit 1; }; done
}

# The generator's own continuations run where its sockets complete: it takes a fifth less of the machine that is measured.
load() { DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS=1 dotnet bench/Load/bin/Release/net10.0/LimoCha.Bench.Load.dll "$@"; }

# fsync on, the same settings for everybody; a database for each name. A database that has been at work uses the segments of its log again; a new
# one fills each with zeros first, while every commit waits. So as many as fit are written once, and kept by a checkpoint.
postgres() {
  local name
  mkdir "$work/pg"; [ "$(id -u)" -eq 0 ] && chown nobody "$work/pg"
  as_db "$pg/initdb" -D "$work/pg" -U limocha -A trust -E UTF8 --locale=C.UTF-8 >/dev/null
  as_db "$pg/pg_ctl" -D "$work/pg" -w -l "$work/pg/log" -o "-p $port -k $work/pg -c listen_addresses=127.0.0.1 -c fsync=on -c shared_buffers=1GB -c max_wal_size=4GB -c min_wal_size=4GB -c max_connections=300 ${postgres_options:-}" start >/dev/null
  sql postgres "SELECT pg_logical_emit_message(false, 'bench', ''), pg_switch_wal() FROM generate_series(1, 240)" >/dev/null
  sql postgres CHECKPOINT
  for name in "$@"; do "$pg/createdb" -h 127.0.0.1 -p "$port" -U limocha "$name"; done
}
connection() { echo "Host=127.0.0.1;Port=$port;Username=limocha;Database=$1"; }
sql() { "$pg/psql" -h 127.0.0.1 -p "$port" -U limocha -qAtX -d "$1" -c "$2"; }
database_pid() { head -1 "$work/pg/postmaster.pid" 2>/dev/null || true; }

free_port() { port_seed=$((${port_seed:-$port} + 1)); echo "$port_seed"; }

# serve <contender> <dll> [VAR=value…]: starts a server and waits until it is ready. The product lets what waits for a socket go on at the thread
# that watches it, and has one such thread for two cores (docs/decisions/0031); so do the others, who are a twentieth to an eighth faster with it.
# The product's loggers keep no scopes and nothing makes an activity of every request (docs/decisions/0032): the same for theirs.
serve() {
  local name=$1 dll=$2; shift 2
  port_seed=$((${port_seed:-$port} + 1)); address[$name]="http://127.0.0.1:$port_seed"
  env DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS=1 DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT=$((($(nproc) + 1) / 2)) Logging__CaptureScopes=false Logging__LogLevel__Microsoft.AspNetCore.Hosting.Diagnostics=None ASPNETCORE_URLS="${address[$name]}" LIMOCHA_URLS="${address[$name]}" "$@" dotnet "$dll" >"$work/$name.log" 2>&1 &
  server[$name]=$!
  # Watched with what the shell has until it listens: a process for each look would take up to half of a core from the start that is measured.
  until { : 3<>"/dev/tcp/127.0.0.1/$port_seed"; } 2>/dev/null; do runs "$name"; read -rt 0.02 -u "$quiet" || true; done
  # The baselines have no such page: that they answer is enough.
  until curl -s -o /dev/null -w '%{http_code}' "${address[$name]}/health/ready" | grep -qE '^(200|404)$'; do runs "$name"; sleep 0.05; done
}
runs() { kill -0 "${server[$1]}" 2>/dev/null || { cat "$work/$1.log"; exit 1; }; }
# A server that takes whatever is posted, keeps nothing, and answers all with one status.
sink() { # name port status
  env DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS=1 DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT=$((($(nproc) + 1) / 2)) dotnet bench/Load/bin/Release/net10.0/LimoCha.Bench.Load.dll sink "$2" "$3" &
  server[$1]=$!
}
stop() { kill "${server[$1]}" 2>/dev/null || true; wait "${server[$1]}" 2>/dev/null || true; unset "server[$1]"; }

web=src/WebApi/bin/Release/net10.0/LimoCha.Actors.WebApi.dll
conventional=bench/Conventional/bin/Release/net10.0/LimoCha.Bench.Conventional.dll
conventional_full=bench/ConventionalFull/bin/Release/net10.0/LimoCha.Bench.ConventionalFull.dll
push_only=bench/PushOnly/bin/Release/net10.0/LimoCha.Bench.PushOnly.dll
unlimited="Web__AccessTokenLifetime=10:00:00 RateLimits__PerUserPerSecond=1000000 RateLimits__PerUserBurst=1000000 RateLimits__SignInsPerMinute=1000000 RateLimits__ConnectsPerUserPerSecond=1000000 Risk__UsesPerTenMinutes=100000 Web__PasswordIterations=10000"

# product <name> <VAR=value…>: the product with a data folder and silo ports of its own, without the limits that protect it from one caller.
product() {
  local name=$1 silo gateway; shift
  port_seed=$((${port_seed:-$port} + 2)); silo=$((port_seed - 1)) gateway=$port_seed
  # shellcheck disable=SC2086
  serve "$name" "$web" $unlimited LIMOCHA_DATA="$work/data-$name" Cluster__SiloPort="$silo" Cluster__GatewayPort="$gateway" "$@"
}

# staff <contender> <count>: makes the first admin and so many staff, signed in, in $work/users-<contender>.json.
staff() {
  local token
  until token=$(grep -o 'setup?token=[0-9a-f]*' "$work/$1.log" | cut -d= -f2) && [ -n "$token" ]; do sleep 0.2; done
  load prepare "${address[$1]}/" "$token" "$2" "$work/users-$1.json"
}

# warm_up <command>…: the runtime compiles hot methods anew for half a minute of load, and until then a server runs at a third to two thirds
# of its rate. Three unrecorded rounds of ten seconds each, however long the recorded ones are.
warm_up() {
  local round command seconds=10
  echo "Warming up"
  for round in 1 2 3; do for command in "$@"; do eval "$command" >/dev/null; done; done
}

# turns <mode> <callers or rate> <seconds> <rounds> <turn>…: A B A B … in one generator, with everybody's devices connected the whole time. A turn is
# a contender, or contender@server:part when that is measured on another's server or a part of its requests is traced.
turns() {
  local mode=$1 load=$2 seconds=$3 rounds=$4 turn name at part all=(); shift 4
  for turn in "$@"; do
    name=${turn%%[@:]*} at=$name part=0
    [[ $turn == *@* ]] && at=${turn#*@} at=${at%%:*}
    [[ $turn == *:* ]] && part=${turn##*:}
    all+=("$name" "${address[$at]}/" "$work/users-$at.json" "${processes[$at]:-${server[$at]}}" "$(database_pid)" "$part")
  done
  load turns "$mode" "$devices" "$load" "$seconds" "$rounds" "${all[@]}"
}

# compare <turn>…: warms everybody up and keeps what each does as fast as the answers come.
compare() {
  warm_up "turns closed $callers 10 1 $*"
  turns closed "$callers" "$seconds" "$rounds" "$@" | tee -a "$results"
}

keep() { # scenario, what was done
  local out
  out="bench/results/$(date -u +%F)-$1"
  {
    echo "# ${1^}, $(date -u +%F)"
    echo
    echo "$(nproc) cores ($(awk -F: '/model name/ { print $2; exit }' /proc/cpuinfo | xargs)), $(free -g | awk '/Mem/ { print $2 }') GiB, PostgreSQL $("$pg/postgres" --version | awk '{ print $3 }') with fsync, .NET $(dotnet --version), commit $(git rev-parse --short HEAD); everything on one machine, load generator included. $2"
    load report "$results"
    echo; echo "![plot]($(basename "$out").svg)"
  } | tee "$out.md"
  cp "$results" "$out.jsonl"
  load plot "$results" "$out.svg"
  echo "Kept in $out.md, .jsonl and .svg"
}
