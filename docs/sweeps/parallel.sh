#!/usr/bin/env bash
# Spreads a sweep over hosts with GNU parallel, and judges it as a whole. The arguments are those of `trial verify`:
#
#   HOSTS=8/build-1,16/build-2 docs/sweeps/parallel.sh out swarm --seeds 1..100000
#
# Each host runs as many parts at a time as the number before its name says; `:` is this machine. Every host needs `trial` on its PATH, of the same build, and the scenarios
# unless they ship with it. A part that was lost with its host runs again on another one.
set -euo pipefail
out=$1
shift
hosts=${HOSTS:-:}
parts=${PARTS:-32}

mkdir -p "$out"
# What a part prints as JSON comes back over ssh. One with a failing trial ends with 1, one that was not exercised with 3: these are results, and no reason to run it again.
parallel --sshlogin "$hosts" --retries 3 --joblog "$out/parts.log" --results "$out/part-{}/" \
  "trial verify ${*@Q} --shard {}/$parts --jobs 1 --quiet --json; code=\$?; [ \$code = 0 ] || [ \$code = 1 ] || [ \$code = 3 ]" ::: $(seq "$parts") >/dev/null ||
  echo "some parts did not end well: see $out/parts.log and $out/part-N/stderr" >&2
# Fails with 65 where a part is missing.
exec trial merge $(printf "$out/part-%s/stdout " $(seq "$parts")) --out "$out/whole"
