#!/usr/bin/env bash
# Holds a deployment back while the candidate leaks:
#
#   docs/ci/pre-deploy.sh ADDRESS HOST PATH...
#
# The candidate answers at ADDRESS before HOST's name points there. Code 3 (the
# scan could not be completed) holds it back as well.
set -euo pipefail

address=${1:?usage: pre-deploy.sh ADDRESS HOST PATH...}
host=${2:?usage: pre-deploy.sh ADDRESS HOST PATH...}
shift 2
urls=()
for path in "${@:-/}"; do
  urls+=("https://$host$path")
done
exec blurt scan --profile quick --resolve "$host:443:$address" --fail-on "${BLURT_FAIL_ON:-high}" "${urls[@]}"
