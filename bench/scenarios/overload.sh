# Three times what the product can do is offered to it: it refuses the rest at once (429) and keeps its pace. Offering takes CPU of the same cores, and
# so does any refusal. So the product is also measured at saturation while just as many requests are posted to a bare Kestrel that answers 429 to all.
postgres product
product product Storage__Provider=PostgreSql Storage__ConnectionString="$(connection product)"
staff product "$devices"
port_seed=$((port_seed + 1))
bare=http://127.0.0.1:$port_seed
sink bare "$port_seed" 429
until [ "$(curl -s -o /dev/null -w '%{http_code}' "$bare")" = 429 ]; do sleep 0.1; done
# Each of these is a new generator, at half of the machine: all of it is compiled before it is used, or it would be compiled on the cores it shares while it measures.
measure() { DOTNET_TieredCompilation=0 DOTNET_ReadyToRun=0 load dispatch "${@:2}" product "${address[product]}/" "$work/users-product.json" "$devices" "$1" "$seconds" "${server[product]}" "$(database_pid)"; }
at_saturation() { sed "s/\"measure\":\"[^\"]*\",\"contender\":\"product\"/\"measure\":\"Three times what it can do\",\"contender\":\"product, $1\"/; s/,\"goals\":{[^}]*}//" | tee -a "$results"; }
number() { grep -o "\"$1\":[0-9]*" | cut -d: -f2; }
# What refuses is compiled before it is measured as well.
three_times() { measure "$(($(measure "$callers" closed | number value) * 3))" overload; }
warm_up three_times
for round in $(seq "$rounds"); do
  echo "Round $round of $rounds"
  rate=$(measure "$callers" closed | at_saturation "as fast as the answers come" | tee >(cat >&2) | number value)
  refused=$(measure $((rate * 3)) overload | tee -a "$results" | tee >(cat >&2) | number refused/s)
  measure "$callers" beside "$bare:$refused" | at_saturation "the others refused by a bare server"
done
load cpu "$results" "CPU of a dispatch, server and database, with the refusals" "product, as fast as the answers come" product=1.11 >"$work/cpu.jsonl"; cat "$work/cpu.jsonl" >>"$results"
keep overload "$devices devices; $callers callers for saturation, 2,000 connections for the overload; $rounds rounds of $seconds s."
