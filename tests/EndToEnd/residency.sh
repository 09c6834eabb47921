#!/usr/bin/env bash
# Runs the product (the web process, its dll as $1) in a network namespace that has a loopback and no routes, uses it, and prints what
# came of it as "ok <what>" lines, and how often anything was tried that has no route (IpOutNoRoutes: TCP, UDP and DNS alike).
set -euo pipefail
dll=$1 folder=$2
exec unshare --net bash -euo pipefail -c '
  ip link set lo up
  url=http://127.0.0.1:5080 api=http://127.0.0.1:5080/api/v1
  LIMOCHA_DATA="$2" LIMOCHA_URLS=$url Web__Demo=true Company__Name=Residency dotnet "$1" >"$2.log" 2>&1 &
  server=$!
  trap "kill -TERM $server; wait $server || true" EXIT
  for try in $(seq 300); do [ -f "$2/demo-accounts.json" ] && curl -fs -o /dev/null $url/health/ready && break; sleep 0.2; done
  password() { sed -n "/\"userName\": \"$1\"/,/}/s/.*\"password\": \"\(.*\)\".*/\1/p" "$3/demo-accounts.json"; }
  sign_in() { curl -fs $api/auth/login -H "Content-Type: application/json" -d "{\"userName\":\"$1\",\"password\":\"$(password "$1" x "$2")\"}" | sed "s/.*\"accessToken\":\"\([^\"]*\)\".*/\1/"; }
  token=$(sign_in staff1 "$2"); echo "ok signed in"
  post() { curl -fs "$api/$1" -H "Authorization: Bearer $token" -H "Content-Type: application/json" -d "$2"; }
  customer=$(post customers "{\"name\":\"驻留\",\"phone\":\"13900001111\"}" | sed "s/.*\"id\":\"\([^\"]*\)\".*/\1/"); echo "ok customer"
  curl -fs -X PUT $api/customers/$customer/consents/customer.contact -H "Authorization: Bearer $token" -H "Content-Type: application/json" -d "{\"state\":\"granted\"}" >/dev/null
  post customers/$customer/uses "{\"kind\":\"call\",\"purpose\":\"customer.contact\"}" | grep -q 13900001111 && echo "ok use"
  token=$(sign_in manager "$2")
  post tasks "{\"title\":\"在境内\"}" >/dev/null && echo "ok task"
  curl -fs -o /dev/null $url/sign-in && echo "ok page"
  curl -fs $url/metrics | grep limocha_storage_batch >/dev/null && echo "ok metrics"
  unrouted() {
    read -r -a names < <(grep ^Ip: /proc/net/snmp | head -1); read -r -a values < <(grep ^Ip: /proc/net/snmp | tail -1)
    for i in "${!names[@]}"; do if [ "${names[$i]}" = OutNoRoutes ]; then echo "$1 ${values[$i]}"; fi; done
  }
  unrouted product
  # The counter counts: an address for documentation (RFC 5737), which nothing here can reach.
  curl -s -m 2 -o /dev/null http://192.0.2.1/ || true
  unrouted control
' residency "$dll" "$folder"
