# What metrics and traces cost: the product with neither (the SDK is switched off, nothing is counted), and with metrics that are read every
# five seconds; and the same servers when one request in a hundred is traced. Two servers that are the same differ by more than the goal allows,
# because the runtime compiles each by what it saw: there are three of each kind, and traced and untraced requests are taken by the same ones.
kinds=3
names=(); for i in $(seq "$kinds"); do names+=("none$i" "metrics$i"); done
postgres "${names[@]}"
# A collector that takes everything and keeps nothing.
sink collector "$((port + 90))" 200
for i in $(seq "$kinds"); do
  product "none$i" Storage__Provider=PostgreSql Storage__ConnectionString="$(connection "none$i")" OTEL_SDK_DISABLED=true
  # Callers say which requests are traced; the server draws for the others as it would, and chooses none.
  product "metrics$i" Storage__Provider=PostgreSql Storage__ConnectionString="$(connection "metrics$i")" OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:$((port + 90))" OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf OTEL_TRACES_SAMPLER=parentbased_traceidratio OTEL_TRACES_SAMPLER_ARG=0
done
for name in "${names[@]}"; do staff "$name" "$devices"; done
(while sleep 5; do for i in $(seq "$kinds"); do curl -s -o /dev/null "${address[metrics$i]}/metrics"; done; done) &
server[scraper]=$!
turns=(); for i in $(seq "$kinds"); do turns+=("none@none$i" "metrics@metrics$i" "traced@metrics$i:0.01"); done
compare "${turns[@]}"
{
  load cpu "$results" "CPU of a dispatch, server and database" none metrics=1.03 traced=1.03
  load cpu "$results" "The same, of the servers with metrics" metrics traced=1.03
} >"$work/cpu.jsonl"; cat "$work/cpu.jsonl" >>"$results"
keep telemetry "$devices devices, $callers callers, $kinds servers of each kind, $rounds rounds of $seconds s with each, taking turns. Metrics are read every five seconds; traced is the same servers as metrics, when one request in a hundred is traced and its spans are exported."
