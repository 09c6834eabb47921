# Tasks posted by callers and shown on devices, durably: the product, the conventional stack (ASP.NET Core, Npgsql, SignalR), and
# push alone, which stores nothing and is the limit.
postgres conventional product
serve conventional "$conventional" ConnectionString="$(connection conventional)"
product product Storage__Provider=PostgreSql Storage__ConnectionString="$(connection product)"
serve push-only "$push_only"
echo "Preparing $devices staff…"
staff product "$devices"
for contender in conventional push-only; do curl -s "${address[$contender]}/bench/users?count=$((devices + 1))" >"$work/users-$contender.json"; done

measure() { # contender mode load
  load dispatch "$2" "$1" "${address[$1]}/" "$work/users-$1.json" "$devices" "$3" "$seconds" "${server[$1]}" "$(database_pid)"
}

warm_up "measure conventional closed $callers" "measure product closed $callers" "measure push-only closed $callers"

for round in $(seq "$rounds"); do
  echo "Round $round of $rounds"
  for contender in conventional product push-only; do measure "$contender" closed "$callers" | tee -a "$results"; done
done
peak=$(load median "$results" conventional)
echo "Open loop at the conventional stack's peak of $peak/s"
for round in $(seq "$rounds"); do
  for contender in conventional product; do measure "$contender" open "$peak" | tee -a "$results"; done
done
# What a dispatch takes of a contender and its database: the machine gives more or less from round to round, the generator takes its part of it.
load cpu "$results" "CPU of a dispatch, server and database" conventional product=0.33 >"$work/cpu.jsonl"; cat "$work/cpu.jsonl" >>"$results"
keep dispatch "$devices devices, $callers callers, $rounds rounds of $seconds s, taking turns."
