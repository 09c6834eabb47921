# What consent and encryption cost: statements that a decided use sends to the database, and sealing against a dispatch.
postgres_options="-c shared_preload_libraries=pg_stat_statements"
postgres product
sql product "CREATE EXTENSION pg_stat_statements"
product product Storage__Provider=PostgreSql Storage__ConnectionString="$(connection product)"
staff product "$devices"
users="$work/users-product.json"
load customers "${address[product]}/" "$users" 8 >"$work/customers"
statements() { sql product "SELECT coalesce(sum(calls) FILTER (WHERE query ~* '^\s*(select|with)' AND query !~* 'insert|update'), 0), coalesce(sum(calls), 0) FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid WHERE datname = 'product' AND query !~* 'pg_stat_statements'"; }
uses() { load uses "${address[product]}/" "$users" "$work/customers" "$seconds" "${server[product]}" "$(database_pid)"; }
dispatches() { load dispatch closed product "${address[product]}/" "$users" "$devices" "$callers" "$seconds" "${server[product]}" "$(database_pid)"; }
warm_up uses dispatches
for round in $(seq "$rounds"); do
  echo "Round $round of $rounds"
  # Statements that would be there without a use: the sweep's looks and the sessions' checks.
  sql product "SELECT pg_stat_statements_reset()" >/dev/null; sleep "$seconds"; idle=$(statements)
  sql product "SELECT pg_stat_statements_reset()" >/dev/null
  used=$(uses); echo "$used" | tee -a "$results"
  now=$(statements); many=$(echo "$used" | grep -o '"allowed":[0-9]*' | cut -d: -f2)
  load line "Statements of a use" "reads" "statements each" less "$(awk -v n="$many" -v a="${now%|*}" -v b="${idle%|*}" 'BEGIN { printf "%.4f", (a > b ? a - b : 0) / n }')" 0.01 | tee -a "$results"
  load line "Statements of a use" "all, batches of many uses" "statements each" less "$(awk -v n="$many" -v a="${now#*|}" -v b="${idle#*|}" 'BEGIN { printf "%.4f", (a > b ? a - b : 0) / n }')" | tee -a "$results"
  dispatched=$(dispatches)
  load line CPU "a dispatch, server and database" "µs" less "$(echo "$dispatched" | awk -F'(server|database) CPU µs each":' '{ split($2, a, /[,}]/); split($3, b, /[,}]/); print a[1] + b[1] }')" | tee -a "$results"
done
dotnet bench/Storage/bin/Release/net10.0/LimoCha.Bench.Storage.dll sealing "$rounds" | tee -a "$results"
keep privacy "$rounds rounds of $seconds s. A dispatch itself seals and opens nothing: its texts name no contact data (decision 20)."
