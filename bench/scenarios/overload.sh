# Three times what the product can do is offered to it: it refuses the rest at once (429) and keeps its pace.
postgres product
product product Storage__Provider=PostgreSql Storage__ConnectionString="$(connection product)"
staff product "$devices"
measure() { load dispatch "$1" product "${address[product]}/" "$work/users-product.json" "$devices" "$2" "$seconds" "${server[product]}" "$(database_pid)"; }
warm_up "measure closed $callers"
for round in $(seq "$rounds"); do
  echo "Round $round of $rounds"
  saturated=$(measure closed "$callers" | sed 's/"measure":"[^"]*","contender":"product"/"measure":"Three times what it can do","contender":"product, as fast as the answers come"/; s/,"goals":{[^}]*}//')
  echo "$saturated" | tee -a "$results"
  rate=$(echo "$saturated" | grep -o '"value":[0-9]*' | cut -d: -f2)
  measure overload $((rate * 3)) | tee -a "$results"
done
# Offering takes CPU of the same cores; what a dispatch takes of the product and its database, the refusals of the others included, does not hang on it.
load cpu "$results" "CPU of a dispatch, server and database, with the refusals" "product, as fast as the answers come" product=1.11 >"$work/cpu.jsonl"; cat "$work/cpu.jsonl" >>"$results"
keep overload "$devices devices; $callers callers for saturation, 2,000 connections for the overload; $rounds rounds of $seconds s."
