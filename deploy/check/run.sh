#!/usr/bin/env bash
# Checks what is in deploy/ as far as it can be without a cluster.
set -euo pipefail
cd "$(dirname "$0")"
npm ci --no-audit --no-fund --silent
node check.mjs
