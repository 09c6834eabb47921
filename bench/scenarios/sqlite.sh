# The dispatch scenario on the embedded default: the product and the conventional stack, each on SQLite (write-ahead log, on the disk before the answer).
serve conventional "$conventional" ConnectionString="Data Source=$work/conventional.db"
product product
serve push-only "$push_only"
staff product "$devices"
for contender in conventional push-only; do curl -s "${address[$contender]}/bench/users?count=$((devices + 1))" >"$work/users-$contender.json"; done
compare conventional product push-only
keep sqlite "On SQLite. $devices devices, $callers callers, $rounds rounds of $seconds s, taking turns."
