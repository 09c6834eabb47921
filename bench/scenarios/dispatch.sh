# Tasks posted by callers and shown on devices, durably: the product, the conventional stack (ASP.NET Core, Npgsql, SignalR), the same with what the
# product's contract asks of a dispatch, and push alone, which stores nothing and is the limit.
postgres conventional conventional-full product
serve conventional "$conventional" ConnectionString="$(connection conventional)"
serve conventional-full "$conventional_full" ConnectionString="$(connection conventional-full)"
product product Storage__Provider=PostgreSql Storage__ConnectionString="$(connection product)"
serve push-only "$push_only"
echo "Preparing $devices staff…"
staff product "$devices"
for contender in conventional conventional-full push-only; do curl -s "${address[$contender]}/bench/users?count=$((devices + 1))" >"$work/users-$contender.json"; done

compare conventional conventional-full product push-only
peak=$(load median "$results" conventional)
echo "Open loop at the conventional stack's peak of $peak/s"
turns open "$peak" "$seconds" "$rounds" conventional product | tee -a "$results"
# What a dispatch takes of a contender and its database: the machine gives more or less from round to round, the generator takes its part of it.
load cpu "$results" "CPU of a dispatch, server and database" conventional conventional-full product=0.33 push-only >"$work/cpu.jsonl"; cat "$work/cpu.jsonl" >>"$results"
keep dispatch "$devices devices, $callers callers, $rounds rounds of $seconds s, taking turns."
