#!/usr/bin/env bash
# Builds and starts everything on the embedded default: SQLite under .data, a demo company, three simulated devices.
set -euo pipefail
cd "$(dirname "$0")"
