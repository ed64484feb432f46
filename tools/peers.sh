#!/bin/sh
# Install in FOLDER/peers what `make bench` compares with, in an environment of its own:
#     sh tools/peers.sh FOLDER [PYTHON]
#
# datatrove 0.10.1 with what FineWeb-2's steps need: its extra pins trafilatura below 1.12, which needs
# lxml_html_clean; spaCy cuts Indonesian words, khmernltk Khmer ones
#
# What is installed already is left alone. Rows of the bench whose peer is missing are printed as such.
set -u
mkdir -p "$1" && folder=$(cd "$1" && pwd) || exit 1
python=${2:-python3}
place=$folder/peers

say() { echo "peers: $*"; }

imports() { "$place/bin/python" -c 'import datatrove, fasttext, spacy, trafilatura' >/dev/null 2>&1; }

[ -x "$place/bin/python" ] && imports && exit 0
if "$python" -m venv --clear "$place" &&
    "$place/bin/python" -m pip install --quiet --disable-pip-version-check \
        'datatrove[processing,io]==0.10.1' lxml_html_clean spacy khmer-nltk xxhash &&
    imports; then
    say "datatrove 0.10.1: installed"
else
    say "datatrove 0.10.1: pip could not install it"
    rm -rf "$place"
    exit 1
fi
