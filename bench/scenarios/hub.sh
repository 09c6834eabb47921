# Ten thousand idle devices on the hub (five of each of 2,000 people) against as many on raw SignalR; then all of them come back at
# once while tasks go on being dispatched. Then the server is killed and started again, and all of them come to one that knows nobody: with nothing
# to show, as raw SignalR's do, and, the product's, with ten tasks for everybody.
ulimit -n 65536 2>/dev/null || true
postgres product
product product Storage__Provider=PostgreSql Storage__ConnectionString="$(connection product)"
serve "raw SignalR" "$push_only"
echo "Preparing 2,000 staff…"
staff product 2000
curl -s "${address[raw SignalR]}/bench/users?count=2001" >"$work/users-raw SignalR.json"
for contender in "raw SignalR" product; do load hub "$contender" "${address[$contender]}/" "$work/users-$contender.json" 10000 "${server[$contender]}" | tee -a "$results"; done
killed() { kill -9 "${server[$1]}"; wait "${server[$1]}" 2>/dev/null || true; }
killed "raw SignalR"; serve "raw SignalR" "$push_only"
load storm "raw SignalR" "${address[raw SignalR]}/" "$work/users-raw SignalR.json" 10000 0 | tee -a "$results"
stop "raw SignalR"
for cards in 0 10; do
  if [ "$cards" -gt 0 ]; then echo "Ten tasks for each…"; load fill "${address[product]}/" "$work/users-product.json" $((2000 * cards)); fi
  killed product
  product product Storage__Provider=PostgreSql Storage__ConnectionString="$(connection product)"
  load storm product "${address[product]}/" "$work/users-product.json" 10000 "$cards" | tee -a "$results"
done
keep hub "10,000 connections of 2,000 people."
