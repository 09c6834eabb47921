#!/usr/bin/env bash
# Measures the product against what people would write instead, and against the limit, in one run on one machine.
#   ./bench/run.sh <scenario>|all [--rounds N] [--seconds S] [--devices D] [--callers C]
# A scenario is a file in bench/scenarios. Contenders run side by side and take turns being loaded (A B A B …), after unrecorded
# rounds in which the runtime compiles. Medians, spread and ratios are printed and kept in bench/results as a table, JSON lines and a plot.
set -euo pipefail
cd "$(dirname "$0")/.."

scenario="${1:-}"
if [ "$scenario" = all ]; then
  shift
  for file in bench/scenarios/*.sh; do "$0" "$(basename "$file" .sh)" "$@"; done
  exit 0
fi
[ -f "bench/scenarios/$scenario.sh" ] || { echo "usage: $0 all|$(ls bench/scenarios | sed 's/\.sh$//' | paste -sd'|') [--rounds N] [--seconds S] [--devices D] [--callers C]" >&2; exit 2; }
shift
rounds=3 seconds=12 devices=1000 callers=64
while [ $# -gt 0 ]; do
  case "$1" in
    --rounds) rounds=$2 ;; --seconds) seconds=$2 ;; --devices) devices=$2 ;; --callers) callers=$2 ;;
    *) echo "unknown option $1" >&2; exit 2 ;;
  esac
  shift 2
done
# shellcheck source=bench/lib.sh
source bench/lib.sh
echo "Building…"
build bench/Load bench/Conventional bench/ConventionalFull bench/PushOnly bench/Storage src/WebApi src/Silo
# shellcheck disable=SC1090
source "bench/scenarios/$scenario.sh"
