# From the process's start to ready, on the embedded default with its data there: as built, and as deploy/Dockerfile publishes and runs it.
echo "Publishing…"
dotnet publish src/WebApi -c Release -a "$(uname -m | sed 's/x86_64/amd64/; s/aarch64/arm64/')" --no-self-contained -o "$work/published" --nologo -v quiet >"$work/publish.log" || { cat "$work/publish.log"; exit 1; }
built=$web
for round in $(seq 0 "$rounds"); do
  for contender in built published; do
    [ "$contender" = built ] && web=$built || web="$work/published/LimoCha.Actors.WebApi.dll"
    from=$(date +%s%N)
    product "$contender" DOTNET_EnableDiagnostics="$([ "$contender" = built ] && echo 1 || echo 0)"
    ms=$((($(date +%s%N) - from) / 1000000))
    [ "$round" -gt 0 ] && load line "Start, embedded default, warm" "$contender" "ms until ready" less "$ms" 3000 | tee -a "$results"
    stop "$contender"
  done
done
keep start "Each start after the first, $rounds times."
