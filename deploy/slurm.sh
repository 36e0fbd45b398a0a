#!/bin/sh
# A class as a Slurm array, from the project's folder: sbatch deploy/slurm.sh SUBMISSIONS OUT [OPTION OF grade]...
#SBATCH --job-name=forklab
#SBATCH --array=1-8
#SBATCH --cpus-per-task=2
#SBATCH --mem=2G
#SBATCH --time=04:00:00
#SBATCH --requeue
#SBATCH --output=forklab-%A_%a.log

# Slurm runs a copy of this file from a folder of its own. Where the time is up it sends SIGTERM, and the grader ends in
# order; the same array submitted again does the rest.
exec "${SLURM_SUBMIT_DIR:?sbatch sets it}/deploy/shard.sh" "$@" --jobs "${SLURM_CPUS_PER_TASK:-1}"
