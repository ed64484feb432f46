#!/bin/sh
# Have in FOLDER the servers that some tests talk to; what is there already is left alone.
#     sh tools/services.sh FOLDER [PYTHON]
#
# pywb       in an environment of its own: GPL-3, pins old libraries; a test tool only
# nginx      from Debian's packages
#
# Debian's packages are unpacked into FOLDER, not installed: that takes no root, starts no daemon,
# leaves the system as it is and is quicker. Tests start and stop all servers themselves.
set -u
mkdir -p "$1" && folder=$(cd "$1" && pwd) || exit 1
python=${2:-python3}

say() { echo "services: $*"; }

# unpack NAME PROGRAM PACKAGE...: packages, and those of their dependencies that this machine lacks,
# below FOLDER/NAME, where PROGRAM then is. All of it or nothing.
unpack() {
    name=$1 program=$2
    shift 2
    [ -e "$folder/$name/$program" ] && return 0
    for tool in apt-get dpkg-deb; do
        command -v $tool >/dev/null || { say "$name: no $tool here; install $* yourself"; return 1; }
    done
    unfinished=$(mktemp -d "$folder/.$name.XXXXXX") || return 1
    if { download "$@" || { update && download "$@"; }; } && unpack_all &&
        [ -e "$unfinished/root/$program" ]; then
        mv "$unfinished/root" "$folder/$name"
        rm -rf "$unfinished"
        say "$name: unpacked $* and what they need"
    else
        rm -rf "$unfinished"
        say "$name: cannot be had from Debian's packages $*"
        return 1
    fi
}

download() {
    lacking=$(apt-get install -s --no-install-recommends "$@" 2>/dev/null |
        awk '$1 == "Inst" { print $2 }')
    # shellcheck disable=SC2046,SC2086  # a list of names
    (cd "$unfinished" && apt-get download -qq $(printf '%s\n' "$@" $lacking | sort -u)) \
        >"$unfinished/log" 2>&1
}

update() {
    if [ "$(id -u)" = 0 ]; then
        apt-get update -qq
    elif command -v sudo >/dev/null; then
        sudo -n apt-get update -qq
    else
        say "$name: apt's lists may be old and neither root nor sudo is here to renew them"
        return 1
    fi
}

unpack_all() {
    for package in "$unfinished"/*.deb; do
        dpkg-deb -x "$package" "$unfinished/root" || return 1
    done
}

pywb() {
    [ -x "$folder/pywb/bin/wayback" ] && return 0
    "$python" -m venv "$folder/pywb" &&
        "$folder/pywb/bin/python" -m pip install --quiet --disable-pip-version-check \
            'pywb==2.10.0' 'cdxj-indexer' 'setuptools<81' &&
        [ -x "$folder/pywb/bin/wayback" ] && say "pywb: installed" ||
        { say "pywb: pip could not install it"; return 1; }
}

nginx() {
    unpack nginx usr/sbin/nginx nginx
}

missing=0
for service in pywb nginx; do
    $service || missing=1
done
exit $missing
