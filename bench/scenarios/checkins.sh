# Everybody checks in and out at one place, durably: one actor, one state. A crowd comes at once: three times the callers of a dispatch.
callers=$((callers * 3))
postgres product
product product Storage__Provider=PostgreSql Storage__ConnectionString="$(connection product)"
staff product "$devices"
place=$(load place "${address[product]}/" "$work/users-product.json")
measure() { load checkins "${address[product]}/" "$work/users-product.json" "$place" "$callers" "$seconds" "${server[product]}" "$(database_pid)"; }
warm_up measure
for round in $(seq "$rounds"); do echo "Round $round of $rounds"; measure | tee -a "$results"; done
keep checkins "PostgreSQL. $devices people, $callers callers, $rounds rounds of $seconds s."
