# What metrics and traces cost: the product with neither (the SDK is switched off, nothing is counted), with metrics scraped every five
# seconds, and with spans exported as well.
postgres none scraped traced
product none Storage__Provider=PostgreSql Storage__ConnectionString="$(connection none)" OTEL_SDK_DISABLED=true
product scraped Storage__Provider=PostgreSql Storage__ConnectionString="$(connection scraped)"
# A collector that takes everything and keeps nothing.
sink collector "$((port + 90))" 200
product traced Storage__Provider=PostgreSql Storage__ConnectionString="$(connection traced)" OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:$((port + 90))" OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf OTEL_TRACES_SAMPLER=parentbased_traceidratio OTEL_TRACES_SAMPLER_ARG=0.01
for contender in none scraped traced; do staff "$contender" "$devices"; done
(while sleep 5; do curl -s -o /dev/null "${address[scraped]}/metrics"; curl -s -o /dev/null "${address[traced]}/metrics"; done) &
server[scraper]=$!
turns() { # seconds, rounds
  local contender all=()
  for contender in none scraped traced; do all+=("$contender" "${address[$contender]}/" "$work/users-$contender.json" "${server[$contender]}" "$(database_pid)"); done
  load turns closed "$devices" "$callers" "$1" "$2" "${all[@]}"
}
echo "Warming up"
turns 10 3 >/dev/null
turns "$seconds" "$rounds" | tee -a "$results"
load cpu "$results" "CPU of a dispatch, server and database" none scraped=1.03 traced=1.03 >"$work/cpu.jsonl"; cat "$work/cpu.jsonl" >>"$results"
keep telemetry "$devices devices, $callers callers, $rounds rounds of $seconds s, taking turns. Spans of one request in a hundred are exported."
