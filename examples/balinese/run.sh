#!/bin/sh
# Add Balinese from nothing: train a model, write a profile, set its thresholds, build a corpus.
#     sh examples/balinese/run.sh [FOLDER]
# The catalogue has a profile of Balinese and the package a model that knows it. Neither is used:
# a profile of one's own goes before the catalogue's, and the recipe names a model of its own.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-builds/balinese}
mkdir -p "$folder/profiles"
cd "$folder"

# 1. A model, from seeds in Balinese, in its neighbors and in what is neither.
corpuskit lid train "$here/seeds.toml" --out ban.ftz --leave-out visualeditor

# 2. A profile. It has no thresholds yet.
cp "$here/ban_Latn.toml" profiles/
export CORPUSKIT_CATALOGUE="$PWD/profiles"
corpuskit languages ban_Latn

# 3. Thresholds and stop words, from clean text of two kinds. What is too thin is not set.
for kind in udhr visualeditor; do
    awk -F '\t' -v kind="$kind" 'NR == 1 || $1 == "ban_Latn" && $3 == kind' \
        "$here/seeds.tsv" > "$kind.tsv"
done
corpuskit calibrate ban_Latn --clean udhr.tsv --clean visualeditor.tsv --write --report report
corpuskit languages ban_Latn

# 4. A recipe that pins the model, and a build from pages in four languages.
cp "$here/pages.jsonl" .
digest=$(sed -n 's/^sha256 = "\(.*\)"$/\1/p' ban.toml)
sed "s/SHA256/$digest/" "$here/balinese.toml" > balinese.toml
corpuskit build balinese.toml --out build

# 5. What was kept, what was not, and why.
corpuskit inspect build --samples 2
corpuskit explain build https://pages.example/ban/menu
corpuskit explain build https://pages.example/jav/29
corpuskit verify build
