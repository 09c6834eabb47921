# What another silo and another hop cost: one process with its silo, two such, and a client process before two silos.
postgres one two apart
shared=(Web__Secret="$(head -c 32 /dev/urandom | base64)" Privacy__MasterKeys__1="$(head -c 32 /dev/urandom | base64)")
cluster() { # contender database: the settings of a member of its cluster
  echo Storage__Provider=PostgreSql "Storage__ConnectionString=$(connection "$2")" Cluster__Mode=AdoNet "Cluster__ClusterId=$1" Cluster__AdvertisedAddress=127.0.0.1
}
# shellcheck disable=SC2046
{
  product one-silo "${shared[@]}" $(cluster one one)
  product two-silos "${shared[@]}" $(cluster two two)
  product two-silos-b "${shared[@]}" $(cluster two two)
  for silo in a b; do
    port_seed=$((port_seed + 2))
    env "${shared[@]}" $(cluster apart apart) Cluster__SiloPort=$((port_seed - 1)) Cluster__GatewayPort=$port_seed dotnet src/Silo/bin/Release/net10.0/LimoCha.Actors.Silo.dll >"$work/silo-$silo.log" 2>&1 &
    server[silo-$silo]=$!
  done
  until grep -qs "Application started" "$work/silo-a.log" && grep -qs "Application started" "$work/silo-b.log"; do sleep 0.2; done
  product client-and-two-silos "${shared[@]}" $(cluster apart apart) Web__Mode=Client
}
processes=([one-silo]="${server[one-silo]}" [two-silos]="${server[two-silos]},${server[two-silos-b]}" [client-and-two-silos]="${server[client-and-two-silos]},${server[silo-a]},${server[silo-b]}")
for contender in one-silo two-silos client-and-two-silos; do staff "$contender" "$devices"; done
compare one-silo two-silos client-and-two-silos
load cpu "$results" "Server CPU of a dispatch" one-silo two-silos=1.3 client-and-two-silos=1.6 >"$work/cpu.jsonl"; cat "$work/cpu.jsonl" >>"$results"
keep silos "$devices devices, $callers callers, $rounds rounds of $seconds s, taking turns; every process of a contender is counted."
