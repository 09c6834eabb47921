# Grain state alone: the product's storage provider and Microsoft.Orleans.Persistence.AdoNet, in one process on one table.
postgres storage
storage() { dotnet bench/Storage/bin/Release/net10.0/LimoCha.Bench.Storage.dll "$@"; }
storage PostgreSql "$(connection storage)" "$rounds" "$seconds" "$(free_port)" "$((port + 50))" "$(database_pid)" | tee -a "$results"
storage Sqlite "Data Source=$work/storage.db" "$rounds" "$seconds" "$(free_port)" "$((port + 51))" | tee -a "$results"
load simulate "$results" >"$work/simulated.jsonl"; cat "$work/simulated.jsonl" >>"$results"
keep storage "$rounds rounds, $seconds s of writing each, taking turns; states of about 700 bytes."
