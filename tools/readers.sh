#!/bin/sh
# Install in FOLDER the older versions of readers with which a test opens a published corpus.
#     sh tools/readers.sh FOLDER [PYTHON]
#
# datasets-3.6  the last Hugging Face `datasets` before 4.0, in an environment of its own: it cannot
#               stand beside the newest one, and many training scripts still pin it
#
# It shares the libraries of PYTHON's environment and has only those of its own that must be older:
# a few small ones in place of 400 MB. What is installed already is left alone.
set -u
mkdir -p "$1" && folder=$(cd "$1" && pwd) || exit 1
python=${2:-python3}
place=$folder/datasets-3.6

say() { echo "readers: $*"; }

share() {
    shared=$("$python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))') &&
        own=$("$place/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))') &&
        echo "$shared" >"$own/shared.pth"
}

opens() { "$place/bin/python" -c 'import datasets' >/dev/null 2>&1; }

[ -x "$place/bin/python" ] && opens && exit 0
if "$python" -m venv --clear "$place" && share &&
    "$place/bin/python" -m pip install --quiet --disable-pip-version-check 'datasets==3.6.*' &&
    opens; then
    say "datasets-3.6: installed"
else
    say "datasets-3.6: pip could not install it"
    rm -rf "$place"
    exit 1
fi
