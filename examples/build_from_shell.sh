#!/bin/sh
# Build a corpus from the command line, look at it, and tighten a threshold.
#     sh examples/build_from_shell.sh [BUILD_FOLDER]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-builds/shell-demo}

corpuskit build "$here/demo/khmer.toml" --out "$folder"
corpuskit inspect "$folder" --samples 1
corpuskit verify "$folder"

# Decisions are taken again; nothing is extracted again.
corpuskit build "$here/demo/khmer.toml" --out "$folder" --set quality.khm_Khmr.min_chars=1500
corpuskit inspect "$folder" --reason quality/chars --samples 1
