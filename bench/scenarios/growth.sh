# The same work over a hundred times the stored data, and lists over a million tasks and customers.
postgres small large
key=$(head -c 32 /dev/urandom | base64)
product small Storage__Provider=PostgreSql Storage__ConnectionString="$(connection small)"
product large Privacy__MasterKeys__1="$key" Storage__Provider=PostgreSql Storage__ConnectionString="$(connection large)"
for contender in small large; do
  staff "$contender" "$devices"
  load fill "${address[$contender]}/" "$work/users-$contender.json" 10000
done
stop large
echo "Growing to a hundred times the data…"
"$pg/psql" -h 127.0.0.1 -p "$port" -U limocha -qAtX -d large -f bench/scenarios/growth.sql >/dev/null
read -r name company < <(dotnet bench/Storage/bin/Release/net10.0/LimoCha.Bench.Storage.dll grown "$(connection large)" "$key")
sql large "VACUUM ANALYZE"
echo "$(sql large 'SELECT count(*) FROM task') tasks, $(sql large 'SELECT count(*) FROM customer') customers, $(sql large 'SELECT count(*) FROM orleansstorage') states"
product large Privacy__MasterKeys__1="$key" Storage__Provider=PostgreSql Storage__ConnectionString="$(connection large)"
# The texts' skip index is made in the background.
until [ "$(sql large "SELECT count(*) < 5000 AND NOT EXISTS (SELECT FROM task_block WHERE signature IS NULL) FROM task WHERE id > coalesce((SELECT max(last_id::text)::uuid FROM task_block), '00000000-0000-0000-0000-000000000000')")" = t ]; do sleep 2; done
read -r person number < <(sql large "SELECT substr(description, 3, 3) || ' ' || substr(title, strpos(title, 'WX')) FROM task WHERE description LIKE '客户%' ORDER BY id OFFSET 300000 LIMIT 1")
escaped() { printf %s "$1" | od -An -tx1 | tr -d '\n' | tr ' ' %; }
lists() { # name path…
  load lists "${address[large]}/" "$work/users-large.json" 4 "1,000,000 tasks and customers$1" "${@:2}" | tee -a "$results"
}
# Ten open tasks a person, the rest is over. By title and time of change what is open is read whole.
lists ", in other orders" \
  "tasks?limit=50&sort=dueAt" "tasks?limit=50&sort=-dueAt&stage=completed" "tasks?limit=50&sort=-updatedAt" "tasks?limit=50&sort=-priority" "tasks?limit=50&sort=title" "tasks?limit=50&stage=cancelled&sort=title" "tasks?limit=50&stage=completed" "tasks?limit=50&stage=assigned&sort=createdAt" "tasks?limit=50&stage=assigned&sort=dueAt" "tasks?limit=50&dueBefore=$(date -u -d '-89 days' +%FT%TZ)"
compare small large
load cpu "$results" "CPU of a dispatch, server and database" small large=1.1 >"$work/cpu.jsonl"; cat "$work/cpu.jsonl" >>"$results"
# By now each person has some hundred open tasks.
lists "" \
  "tasks?limit=50" "tasks?limit=50&sort=createdAt" "tasks?limit=50&stage=assigned" "tasks?limit=50&assigneeId={user}" "own tasks?limit=50" "own tasks?limit=50&stage=completed" \
  "tasks?limit=50&q=$(escaped 安装)" "tasks?limit=50&q=$(escaped "$person")" "tasks?limit=50&q=$(escaped "$number")" "tasks?limit=50&q=$(escaped 没有这样的字)" "tasks?limit=50&q=$(escaped "$person")&sort=title" \
  "reports/overview" "customers?limit=50" "customers?limit=50&sort=createdAt" "customers?limit=50&sort=-updatedAt" "customers?limit=50&ownerId={user}" "customers?limit=50&q=%E5%8D%95%E4%BD%8D" "customers?limit=50&q=$name" "customers?limit=50&q=$company"
keep growth "small: 10,000 tasks and customers, large: 1,000,000. $devices devices, $callers callers, $rounds rounds of $seconds s, taking turns."
