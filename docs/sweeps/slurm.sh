#!/usr/bin/env bash
# Spreads a sweep over a Slurm cluster as an array of jobs, and judges it as a whole in one more job, which begins when all of them have ended, however they ended.
# The arguments are those of `trial verify`; OUT has to be a folder that all nodes share:
#
#   PARTS=200 docs/sweeps/slurm.sh /shared/out swarm --seeds 1..1000000
#
# Prints the number of the last job. Its exit code is that of the sweep, and `/shared/out/whole.txt` has what it said. A job that was lost with its node is queued again by
# Slurm; one that did not end leaves a part out, and the last job says which.
set -euo pipefail
out=$1
shift
parts=${PARTS:-32}

mkdir -p "$out"
array=$(sbatch --parsable --job-name=trial --array="1-$parts" --cpus-per-task=1 --requeue --output="$out/part-%a.txt" <<JOB
#!/usr/bin/env bash
exec trial verify ${*@Q} --shard \$SLURM_ARRAY_TASK_ID/$parts --jobs 1 --quiet --out "$out/part-\$SLURM_ARRAY_TASK_ID"
JOB
)
sbatch --parsable --job-name=trial-merge --dependency="afterany:$array" --output="$out/whole.txt" <<JOB
#!/usr/bin/env bash
exec trial merge $(printf "$out/part-%s " $(seq "$parts")) --out "$out/whole"
JOB
