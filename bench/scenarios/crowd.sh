# The same dispatch to ten times the devices: what more connections and more actors cost.
ulimit -n 65536 2>/dev/null || true
postgres few many
declare -A crowd=([few]=1000 [many]=10000)
for contender in few many; do
  product "$contender" Storage__Provider=PostgreSql Storage__ConnectionString="$(connection "$contender")"
  echo "Preparing ${crowd[$contender]} staff…"
  staff "$contender" "${crowd[$contender]}"
done
measure() { load dispatch closed "$1" "${address[$1]}/" "$work/users-$1.json" "${crowd[$1]}" "$callers" "$seconds" "${server[$1]}" "$(database_pid)"; }
# Twice as long as others: what makes, greets and closes 10,000 connections is compiled too, and each turn begins with it.
warm_up "measure few" "measure many" "measure few" "measure many"
# One after another, or the idle devices of one would be in the other's time.
for round in $(seq "$rounds"); do
  echo "Round $round of $rounds"
  for contender in few many; do measure "$contender" | tee -a "$results"; done
done
few=$(load median "$results" few)
load line "Dispatches a second to 10,000 devices, against eight tenths of those to 1,000" "10,000 devices" "dispatches/s" more "$(load median "$results" many)" "$((${few%.*} * 8 / 10))" >>"$results"
keep crowd "few: 1,000 devices, many: 10,000; $callers callers, $rounds rounds of $seconds s, taking turns."
