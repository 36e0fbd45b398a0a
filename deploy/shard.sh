#!/bin/sh
# One machine's part of a class: deploy/shard.sh SUBMISSIONS OUT [OPTION OF grade]...
#
#   OUT/seed            what hidden checks draw from: the same for all tasks, made by whichever comes first
#   OUT/shards/TASK/    this task's results; run again, it goes on where it was
set -eu
submissions=$1
out=$2
shift 2
task=${SLURM_ARRAY_TASK_ID-${JOB_COMPLETION_INDEX-}}
: "${task:?neither SLURM_ARRAY_TASK_ID nor JOB_COMPLETION_INDEX is set: this script is for their tasks}"
project=$(dirname "$0")/..
python=python3
for one in "$project/.venv/bin/python" "$project/.tox/grade/bin/python"; do # one with tox alone does not grade
    if [ -x "$one" ] && "$one" -c "import msgspec, psutil" 2>/dev/null; then
        python=$one
        break
    fi
done

mkdir -p "$out/shards"
mine=$(mktemp "$out/.seed.XXXXXX")
od -An -N4 -tu4 /dev/urandom | tr -d ' ' >"$mine"
ln "$mine" "$out/seed" 2>/dev/null || [ -s "$out/seed" ] # link(2): the first wins, on network file systems too
rm -f "$mine"

exec "$python" -m grader grade "$submissions" --out "$out/shards/$task" --seed "$(cat "$out/seed")" "$@"
