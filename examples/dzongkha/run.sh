#!/bin/sh
# Add Dzongkha, in its own script, from nothing: model, profile, thresholds, corpus.
#     sh examples/dzongkha/run.sh [FOLDER]
# As examples/balinese/run.sh, which says what each step is. The pages are those of examples/demo:
# real HTML, 25 of 200 records in Dzongkha. Lines of every second one are seeds as well.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-builds/dzongkha}
mkdir -p "$folder/profiles"
cd "$folder"

corpuskit lid train "$here/seeds.toml" --out dzo.ftz --leave-out help

cp "$here/dzo_Tibt.toml" profiles/
export CORPUSKIT_CATALOGUE="$PWD/profiles"
for kind in udhr help; do
    awk -F '\t' -v kind="$kind" 'NR == 1 || $1 == "dzo_Tibt" && $3 == kind' \
        "$here/seeds.tsv" > "$kind.tsv"
done
corpuskit calibrate dzo_Tibt --clean udhr.tsv --clean help.tsv --write --report report
corpuskit languages dzo_Tibt

cp "$here/../demo/pages.warc.gz" .
digest=$(sed -n 's/^sha256 = "\(.*\)"$/\1/p' dzo.toml)
sed "s/SHA256/$digest/" "$here/dzongkha.toml" > dzongkha.toml
corpuskit build dzongkha.toml --out build

corpuskit inspect build --samples 2
corpuskit verify build
