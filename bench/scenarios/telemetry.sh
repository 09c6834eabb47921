# What metrics and traces cost: the product without, with Prometheus scraped every second, and with spans exported as well.
postgres plain scraped traced
product plain Storage__Provider=PostgreSql Storage__ConnectionString="$(connection plain)"
product scraped Storage__Provider=PostgreSql Storage__ConnectionString="$(connection scraped)"
# A collector that takes everything and keeps nothing.
sink collector "$((port + 90))" 200
product traced Storage__Provider=PostgreSql Storage__ConnectionString="$(connection traced)" OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:$((port + 90))" OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf OTEL_TRACES_SAMPLER=parentbased_traceidratio OTEL_TRACES_SAMPLER_ARG=0.01
for contender in plain scraped traced; do staff "$contender" "$devices"; done
(while sleep 1; do curl -s -o /dev/null "${address[scraped]}/metrics"; curl -s -o /dev/null "${address[traced]}/metrics"; done) &
server[scraper]=$!
measure() { load dispatch closed "$1" "${address[$1]}/" "$work/users-$1.json" "$devices" "$callers" "$seconds" "${server[$1]}" "$(database_pid)"; }
warm_up "measure plain" "measure scraped" "measure traced"
take_turns plain scraped traced
load cpu "$results" "CPU of a dispatch, server and database" plain scraped=1.03 traced=1.03 >"$work/cpu.jsonl"; cat "$work/cpu.jsonl" >>"$results"
keep telemetry "$devices devices, $callers callers, $rounds rounds of $seconds s, taking turns. Spans of one request in a hundred are exported."
