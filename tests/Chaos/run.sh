#!/usr/bin/env bash
# A long run of the fault harness: ./tests/Chaos/run.sh [--minutes M] [--seed N] [--users U] [--callers C]
# Two devices a user, one of them on the npm client. Prints the schedule and what was found; a seed gives the same schedule.
set -euo pipefail
cd "$(dirname "$0")/../.."
minutes=10 seed=$RANDOM users=100 callers=24
while [ $# -gt 0 ]; do
  case "$1" in
    --minutes) minutes=$2 ;; --seed) seed=$2 ;; --users) users=$2 ;; --callers) callers=$2 ;;
    *) echo "usage: $0 [--minutes M] [--seed N] [--users U] [--callers C]" >&2; exit 2 ;;
  esac
  shift 2
done
echo "seed $seed"
(cd tests/EndToEnd/device && npm ci --no-audit --no-fund --silent)
dotnet build -c Release --nologo -v quiet tests/Chaos/Chaos.csproj
CHAOS_SECONDS=$((minutes * 60)) CHAOS_SEED=$seed CHAOS_USERS=$users CHAOS_CALLERS=$callers \
  dotnet test -c Release --no-build --nologo tests/Chaos/Chaos.csproj --filter FullyQualifiedName~ChaosTests.A1 --logger "console;verbosity=detailed"
