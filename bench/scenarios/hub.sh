# Ten thousand idle devices on the hub (five of each of 2,000 people) against as many on raw SignalR; then all of them come back at
# once while tasks go on being dispatched. Then the server is killed and started again, and all of them come to one that knows nobody: with nothing
# to show, as raw SignalR's do, and, the product's, with ten tasks for everybody. Each round begins with a server that was just started: where its
# collector happens to be decides about its resident memory too, so that one look says little.
ulimit -n 65536 2>/dev/null || true
begin() {
  case "$1" in
    product) product product Storage__Provider=PostgreSql Storage__ConnectionString="$(connection product)" ;;
    *) serve "$1" "$push_only" ;;
  esac
}
killed() { kill -9 "${server[$1]}"; wait "${server[$1]}" 2>/dev/null || true; }
storm() { load storm "$1" "${address[$1]}/" "$work/users-$1.json" 10000 "$2" | tee -a "$results"; }
postgres product
begin product
begin "raw SignalR"
echo "Preparing 2,000 staff…"
staff product 2000
curl -s "${address[raw SignalR]}/bench/users?count=2001" >"$work/users-raw SignalR.json"
killed product; killed "raw SignalR"
for round in $(seq 1 "$rounds"); do
  for contender in "raw SignalR" product; do
    begin "$contender"
    load hub "$contender" "${address[$contender]}/" "$work/users-$contender.json" 10000 "${server[$contender]}" | tee -a "$results"
    killed "$contender"; begin "$contender"
    storm "$contender" 0
    killed "$contender"
  done
done
echo "Ten tasks for each…"
begin product
load fill "${address[product]}/" "$work/users-product.json" 20000
for round in $(seq 1 "$rounds"); do killed product; begin product; storm product 10; done
keep hub "10,000 connections of 2,000 people."
