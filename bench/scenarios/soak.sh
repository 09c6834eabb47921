# A day in twenty minutes: tasks at 70 % of what it can do, each accepted, started and completed on its device. Memory stays flat, no queue
# grows, nothing is left over. SOAK_SECONDS shortens it.
soak=${SOAK_SECONDS:-1200}
postgres product
product product Storage__Provider=PostgreSql Storage__ConnectionString="$(connection product)"
staff product "$devices"
measure() { load work "$1" product "${address[product]}/" "$work/users-product.json" "$devices" "$2" "$seconds" "${server[product]}" "$(database_pid)"; }
warm_up "measure closed $callers"
measure closed "$callers" >"$work/warm.json"
rate=$(($(grep -o '"value":[0-9]*' "$work/warm.json" | cut -d: -f2) * 7 / 10))
echo "$soak s at $rate/s"
kept() { sql product "SELECT count(*), pg_database_size('product'), pg_current_wal_lsn() - '0/0' FROM task"; }
IFS='|' read -r tasks stored log < <(kept)
metric() { curl -s "${address[product]}/metrics" | awk -v name="$1" '$1 ~ "^" name { sum += $2 } END { printf "%d", sum }'; }
seconds=$soak
measure open "$rate" >"$work/soak.json" &
soaking=$!
until=$(($(date +%s) + soak)) minute=0
while [ "$(date +%s)" -lt "$until" ] && kill -0 "$soaking" 2>/dev/null; do
  sleep 60 & wait $! || true
  minute=$((minute + 1))
  echo "{\"minute\":$minute,\"residentMiB\":$(($(awk '/VmRSS/ { print $2 }' "/proc/${server[product]}/status") / 1024)),\"heapMiB\":$(($(metric dotnet_gc_last_collection_heap_size_bytes) / 1048576)),\"waitingWrites\":$(metric limocha_storage_queue),\"waitingProjections\":$(metric limocha_projection_queue),\"unacknowledged\":$(metric limocha_hub_unacknowledged)}" | tee -a "$work/soak-minutes.jsonl"
done
wait "$soaking"
cat "$work/soak.json" | tee -a "$results"
half() { awk -F'[:,}]' -v from="$1" -v to="$2" '{ n++; value[n] = $4 } END { for (i = int(n * from) + 1; i <= int(n * to); i++) { sum += value[i]; count++ } printf "%d", count ? sum / count : 0 }' "$work/soak-minutes.jsonl"; }
left() { sql product "SELECT count(*) FROM task WHERE stage <> 5"; }
for _ in $(seq 30); do [ "$(left)" -eq 0 ] && break; sleep 1; done
remaining=$(left)
load line "Tasks that are not completed within half a minute of the end" product tasks less "$remaining" 0 >>"$results"
if [ "$remaining" -gt 0 ]; then
  # What they are, and what the server said of it.
  sql product "SELECT id, assignee_id, stage, version, created_at FROM task WHERE stage <> 5 ORDER BY created_at" >"bench/results/$(date -u +%F)-soak-left.txt"
  cp "$work/product.log" "bench/results/$(date -u +%F)-soak-server.txt"
fi
load line "Resident memory" "second quarter" MiB less "$(half 0.25 0.5)" >>"$results"
load line "Resident memory" "last quarter" MiB less "$(half 0.75 1)" "$(($(half 0.25 0.5) * 11 / 10))" >>"$results"
IFS='|' read -r all_tasks all_stored all_log < <(kept)
load line "Kept of a task, from its making to its completion" "tables and indexes" bytes less "$(((all_stored - stored) / (all_tasks - tasks)))" >>"$results"
load line "Kept of a task, from its making to its completion" "written to the log" bytes less "$(((all_log - log) / (all_tasks - tasks)))" >>"$results"
cp "$work/soak-minutes.jsonl" "bench/results/$(date -u +%F)-soak-minutes.jsonl"
keep soak "$devices devices, $soak s at $rate tasks a second, each accepted, started and completed. A sample each minute: the -minutes.jsonl beside this."
