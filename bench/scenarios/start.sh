# From the process's start to ready, on the embedded default with its data there.
for round in $(seq 0 "$rounds"); do
  from=$(date +%s%N)
  product product
  ms=$((($(date +%s%N) - from) / 1000000))
  [ "$round" -gt 0 ] && load line "Start, embedded default, warm" product "ms until ready" less "$ms" 3000 | tee -a "$results"
  stop product
done
keep start "Each start after the first, $rounds times."
