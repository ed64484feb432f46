#!/usr/bin/env bash
# A build on the nodes of a Slurm job:  sbatch --nodes=4 slurm.sh khmer.toml [options of build]
#SBATCH --job-name=corpuskit
#SBATCH --ntasks-per-node=1
#SBATCH --exclusive
#SBATCH --time=24:00:00
set -euo pipefail

recipe=${1:?name a recipe}
shift
port=${RAY_PORT:-6379}
cpus=${SLURM_CPUS_ON_NODE:-$(nproc)}
mapfile -t nodes < <(scontrol show hostnames "$SLURM_JOB_NODELIST")
head=$(srun --nodes=1 --ntasks=1 --nodelist="${nodes[0]}" hostname --ip-address | awk '{print $1}')

# Each node runs until the job ends. Workers wait for the head by themselves.
srun --nodes=1 --ntasks=1 --nodelist="${nodes[0]}" \
  ray start --head --node-ip-address="$head" --port="$port" --num-cpus="$cpus" \
  --include-dashboard=false --disable-usage-stats --block &
until ray status --address="$head:$port" > /dev/null 2>&1; do sleep 2; done
for node in "${nodes[@]:1}"; do
  srun --nodes=1 --ntasks=1 --nodelist="$node" \
    ray start --address="$head:$port" --num-cpus="$cpus" --disable-usage-stats --block &
done

code=0
corpuskit build "$recipe" --engine ray --address "$head:$port" "$@" || code=$?
ray stop --force > /dev/null 2>&1 || true
kill $(jobs -p) 2> /dev/null || true
exit "$code"
