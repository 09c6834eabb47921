# Ten thousand idle devices on the hub (five of each of 2,000 people) against as many on raw SignalR; then all of them come back at
# once while tasks go on being dispatched. Then everybody has ten tasks, the server is killed and started again, and all of them come to one that
# knows nobody.
ulimit -n 65536 2>/dev/null || true
postgres product
product product Storage__Provider=PostgreSql Storage__ConnectionString="$(connection product)"
serve "raw SignalR" "$push_only"
echo "Preparing 2,000 staff…"
staff product 2000
curl -s "${address[raw SignalR]}/bench/users?count=2001" >"$work/users-raw SignalR.json"
for contender in "raw SignalR" product; do load hub "$contender" "${address[$contender]}/" "$work/users-$contender.json" 10000 "${server[$contender]}" | tee -a "$results"; done
stop "raw SignalR"
echo "Ten tasks for each…"
load fill "${address[product]}/" "$work/users-product.json" 20000
kill -9 "${server[product]}"; wait "${server[product]}" 2>/dev/null || true
product product Storage__Provider=PostgreSql Storage__ConnectionString="$(connection product)"
load storm product "${address[product]}/" "$work/users-product.json" 10000 10 | tee -a "$results"
keep hub "10,000 connections of 2,000 people."
