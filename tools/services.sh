#!/bin/sh
# Install what some tests talk to and what cannot share the project's environment: pywb (GPL-3, pins
# old libraries; a test tool only). The tests start and stop it themselves, by process.
#     sh tools/services.sh FOLDER [PYTHON]
set -eu
folder=$1
python=${2:-python3}
[ -x "$folder/pywb/bin/wayback" ] && exit 0
"$python" -m venv "$folder/pywb"
"$folder/pywb/bin/python" -m pip install --quiet --disable-pip-version-check \
    'pywb==2.10.0' 'cdxj-indexer' 'setuptools<81'
[ -x "$folder/pywb/bin/wayback" ]
