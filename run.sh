#!/usr/bin/env bash
# Builds and starts everything on the embedded default: SQLite under .data, a demo company, three simulated devices.
# LIMOCHA_DATA moves the data folder, LIMOCHA_URLS the address. Ctrl-C stops; a second start continues where it was.
set -euo pipefail
cd "$(dirname "$0")"

export LIMOCHA_DATA="${LIMOCHA_DATA:-$PWD/.data}"
export LIMOCHA_URLS="${LIMOCHA_URLS:-http://localhost:5080}"
export Web__Demo=true
url="${LIMOCHA_URLS%%;*}"
accounts="$LIMOCHA_DATA/demo-accounts.json"

echo "Building…"
dotnet build -c Release --nologo -v quiet src/WebApi/WebApi.csproj
dotnet build -c Release --nologo -v quiet samples/DeviceSimulator/DeviceSimulator.csproj

server= devices=
stop() {
  trap - INT TERM EXIT
  # However the devices end, the server is stopped too.
  [ -z "$devices" ] || { kill -TERM "$devices" && wait "$devices"; } 2>/dev/null || true
  [ -z "$server" ] || { kill -TERM "$server" && wait "$server"; } 2>/dev/null || true
  echo "Stopped."
}
trap 'stop; exit 0' INT TERM
trap stop EXIT

# Background jobs of a script ignore Ctrl-C; setsid gives each its own group, and stop() ends them in order.
setsid dotnet src/WebApi/bin/Release/net10.0/LimoCha.Actors.WebApi.dll &
server=$!
until [ -f "$accounts" ] && curl -fs -o /dev/null "$url/health/ready"; do
  kill -0 "$server" 2>/dev/null || { echo "The server did not start; its last lines above say why." >&2; server=; exit 1; }
  sleep 0.2
done

setsid dotnet samples/DeviceSimulator/bin/Release/net10.0/LimoCha.Actors.DeviceSimulator.dll "$url" "$accounts" staff1 staff2 staff3 &
devices=$!

password() { sed -n "/\"userName\": \"$1\"/,/}/s/.*\"password\": \"\(.*\)\".*/\1/p" "$accounts"; }
cat <<EOF

  LimoCha.Actors is running.

  Board       $url/           manager / $(password manager)
  Phone page  $url/m          staff1 / $(password staff1)
  API         $url/scalar     admin / $(password admin)
  All accounts: $accounts

  Assign a task and watch [staff1] show it:
    token=\$(curl -s $url/api/v1/auth/login -H 'Content-Type: application/json' -d '{"userName":"manager","password":"$(password manager)"}' | sed 's/.*"accessToken":"\([^"]*\)".*/\1/')
    staff1=\$(curl -s "$url/api/v1/users?q=staff1" -H "Authorization: Bearer \$token" | sed 's/.*"id":"\([^"]*\)".*/\1/')
    curl -s $url/api/v1/tasks -H "Authorization: Bearer \$token" -H 'Content-Type: application/json' -d '{"title":"Visit the customer","assigneeId":"'\$staff1'"}'

  Ctrl-C stops everything.

EOF
wait "$server"
