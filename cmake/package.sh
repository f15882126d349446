#!/bin/sh
# Make what people install: lostsyn_VERSION_ARCH.deb, and one file that runs on
# any Linux of that processor, into build/package. `./dev package` calls it.
#
#	package.sh [--once] [--image] [--keyring FILE] [--try SUITE]... [arm64]
#
# arm64 is built across, as root, in a Debian root of its own with the compiler and
# the libraries of that processor (mmdebstrap; made once, 3 minutes): nothing is
# installed on this machine. An emulator in there runs it.
#
# Promises: built twice, in two folders, and compared byte by byte (--once: not);
# times are those of the commit (SOURCE_DATE_EPOCH). Both are then run in a bare
# root without /proc, and with --try installed in a fresh chroot of that suite of
# Debian or Ubuntu (mmdebstrap, as root; --keyring: whose signatures are believed,
# for a distribution that is not this machine's), and with --image as a container's
# image (buildah, as root). Writes below build/package alone.
set -eu
cd "$(dirname "$0")/.."
LC_ALL=C
TZ=UTC
export LC_ALL TZ
umask 022

say() { printf '%s\n' "package: $*"; }
fail() {
	printf 'package: %s\n' "$*" >&2
	exit 1
}

twice=1
image=0
suites=
keyring=
machine=$(uname -m)
architecture=$(dpkg --print-architecture)
while [ $# -gt 0 ]; do
	case $1 in
	--once) twice=0 ;;
	--image) image=1 ;;
	--try)
		[ $# -gt 1 ] || fail "--try wants a suite, such as bookworm"
		suites="$suites $2"
		shift
		;;
	--keyring)
		[ $# -gt 1 ] || fail "--keyring wants a file"
		keyring=--keyring=$(realpath "$2")
		shift
		;;
	arm64) architecture=arm64 ;;
	*) fail "'$1' is no option: --once, --image, --keyring FILE, --try SUITE, arm64" ;;
	esac
	shift
done

top=$PWD
out=$top/build/package
version=$(sed -n 's/^project(lostsyn VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
commit=$(git rev-parse --short=12 HEAD)
git diff --quiet HEAD || commit=$commit+changed
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH

# Where it is built: here, or in a root of its own. `there` is that root, `enter`
# runs a program in it, `emulate` runs what was built.
built=$out
there=
enter=
emulate=
options=
if [ "$architecture" != "$(dpkg --print-architecture)" ]; then
	machine=aarch64
	there=$out/across
	built=$there
	enter="chroot $there"
	emulate=qemu-$machine-static
	PKG_CONFIG_LIBDIR=/usr/lib/$machine-linux-gnu/pkgconfig
	export PKG_CONFIG_LIBDIR
	options="-DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR=$machine
		-DCMAKE_C_COMPILER=$machine-linux-gnu-gcc
		-DCMAKE_LIBRARY_ARCHITECTURE=$machine-linux-gnu
		-DCMAKE_CROSSCOMPILING_EMULATOR=/usr/bin/$emulate"
fi

# The root with compiler, libraries and emulator, unless it is there already.
make_across() {
	[ ! -e "$there/complete" ] || return 0
	if ! command -v mmdebstrap >/dev/null || [ "$(id -u)" -ne 0 ]; then
		fail "$architecture is built in a root that mmdebstrap makes, as root"
	fi
	rm -rf "$there"
	packages=crossbuild-essential-$architecture,cmake,ninja-build,pkg-config
	packages=$packages,qemu-user-static
	for library in libc6 libpcap libpcre2 libsqlite3 libjansson libyaml \
		nettle zlib1g libzstd liblzma libbz2 liblz4 libarchive; do
		packages=$packages,$library-dev:$architecture
	done
	say "making a root to build $architecture in"
	mmdebstrap --variant=apt --include="$packages" \
		--architectures="$(dpkg --print-architecture),$architecture" \
		bookworm "$there" >"$out/across.log" 2>&1 ||
		{ tail -n 5 "$out/across.log"; fail "no root for $architecture"; }
	touch "$there/complete"
}

# one NAME: the files of the tree, built and staged in build/package/NAME, or below
# the root in which it is built.
one() {
	where=$built/$1
	inside=${where#"$there"}
	rm -rf "$where"
	mkdir -p "$where/source" "$where/stage"
	# Whoever tries a change wants it packed before it is committed.
	git ls-files -co --exclude-standard | grep -v '^build/' |
		tar cf - -T - | tar xf - -C "$where/source"
	# shellcheck disable=SC2086 # both are lists of words
	$enter cmake -G Ninja -S "$inside/source" -B "$inside/build" $options \
		-DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX=/usr \
		-DLOSTSYN_STATIC=ON -DLOSTSYN_TESTS=OFF \
		-DLOSTSYN_BUILD="$commit" >"$where/configure.log" 2>&1 ||
		{ cat "$where/configure.log"; fail "configure"; }
	$enter cmake --build "$inside/build" >"$where/build.log" 2>&1 ||
		{ tail -n 30 "$where/build.log"; fail "build"; }
	DESTDIR=$inside/stage $enter cmake --install "$inside/build" --strip \
		>"$where/install.log" 2>&1 ||
		{ cat "$where/install.log"; fail "install"; }
	stage_documents "$where/source" "$where/stage"
	make_deb "$where"
}

# stage_documents SOURCE STAGE
stage_documents() {
	documents=$2/usr/share/doc/lostsyn
	mkdir -p "$documents"
	cp "$1/README.md" "$documents/README.md"
	cp "$1/rules/README.md" "$documents/rules.md"
	cp "$1/parsers/FORMATS.md" "$documents/formats.md"
	cp "$1/analyzer/store/SCHEMA.md" "$documents/schema.md"
	cp "$1/analyzer/report/report.schema.json" "$documents/"
	{
		cat "$1/LICENSE"
		printf '\nLinked in, each under its own licence: %s.\n' \
			"GNU C library (LGPL-2.1+), libpcap, PCRE2 (BSD-3-Clause),
SQLite (public domain), Jansson, libyaml (MIT), Nettle (LGPL-3+ or GPL-2+),
zlib (Zlib), Zstandard, liblzma, bzip2, LZ4, libarchive (BSD)"
	} >"$documents/copyright"
	gzip -9nc "$1/CHANGELOG.md" >"$documents/changelog.gz"
	gzip -9n "$2/usr/share/man/man1/lostsyn.1"
}

# make_deb WHERE
make_deb() {
	stage=$1/stage
	mkdir -p "$stage/DEBIAN"
	cat >"$stage/DEBIAN/control" <<END
Package: lostsyn
Version: $version
Architecture: $architecture
Maintainer: lostsyn <lostsyn@localhost>
Section: net
Priority: optional
Installed-Size: $(du -k -s --apparent-size "$stage/usr" | cut -f 1)
Recommends: tcpdump
Description: which segment of a TCP handshake vanished, where and why
 Reads captures of both ends, logs and host state of an incident, offline and
 without privilege, and says for every failed connect which segment disappeared
 between which two points, why, how sure that is, and what to check next.
 lostsyn-collect takes such evidence.
END
	(cd "$stage" && find usr -type f | sort | xargs md5sum) \
		>"$stage/DEBIAN/md5sums"
	find "$stage" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
	dpkg-deb --root-owner-group -Zxz --build "$stage" \
		"$1/lostsyn_${version}_$architecture.deb" >/dev/null
	cp "$stage/usr/bin/lostsyn" "$1/lostsyn-$version-$machine"
}

# A root with nothing in it: no /proc, no /dev, no library.
try_bare() {
	root=$out/bare
	rm -rf "$root"
	mkdir -p "$root/tmp"
	cp "$out/lostsyn-$version-$machine" "$root/lostsyn"
	cp -r samples/cases/server-conntrack-full "$root/case"
	if [ "$(id -u)" -ne 0 ]; then
		say "skipped: a bare root (chroot needs root)"
		return 0
	fi
	[ -z "$emulate" ] || cp "$there/usr/bin/$emulate" "$root/"
	status=0
	# shellcheck disable=SC2086 # a word or none
	chroot "$root" ${emulate:+/$emulate} /lostsyn analyze /case -q -o /tmp/report || status=$?
	[ "$status" -eq 1 ] || fail "in a bare root: status $status"
	grep -q '"cause": *"conntrack-table-full"' \
		"$root/tmp/report/report.json" || fail "in a bare root: no cause"
	# shellcheck disable=SC2086
	say "runs in a bare root: $(chroot "$root" ${emulate:+/$emulate} \
		/lostsyn --version | tr '\n' ' ')"
	rm -rf "$root"
}

# try_suite SUITE: the package as a user installs it, in a fresh chroot.
try_suite() {
	if ! command -v mmdebstrap >/dev/null || [ "$(id -u)" -ne 0 ]; then
		say "skipped: $1 (mmdebstrap is not installed, or no root)"
		return 0
	fi
	if [ -n "$there" ]; then
		say "skipped: $1 (its programs are another processor's)"
		return 0
	fi
	root=$out/root-$1
	rm -rf "$root"
	# shellcheck disable=SC2086 # an option or none
	if ! mmdebstrap --variant=essential $keyring "$1" "$root" \
		>"$out/$1.log" 2>&1; then
		say "skipped: $1 ($(tail -n 1 "$out/$1.log"))"
		return 0
	fi
	cp "$out/lostsyn_${version}_$architecture.deb" "$root/tmp/lostsyn.deb"
	cp -r samples/cases/server-conntrack-full "$root/tmp/case"
	chroot "$root" dpkg -i /tmp/lostsyn.deb >>"$out/$1.log" 2>&1 ||
		fail "$1: dpkg -i: $(tail -n 3 "$out/$1.log")"
	status=0
	chroot "$root" lostsyn analyze /tmp/case -q -o /tmp/report || status=$?
	[ "$status" -eq 1 ] || fail "$1: analyze: status $status"
	chroot "$root" lostsyn-collect --help >/dev/null || fail "$1: collect"
	chroot "$root" dpkg -P lostsyn >>"$out/$1.log" 2>&1 ||
		fail "$1: dpkg -P"
	left=$(find "$root/usr" "$root/etc" -name '*lostsyn*')
	[ -z "$left" ] || fail "$1: left behind: $left"
	say "installed, run and removed in $1"
	rm -rf "$root"
}

# The image of cmake/Containerfile, built and run as its user. buildah's chroot
# isolation wants nothing of the machine but root.
try_image() {
	if ! command -v buildah >/dev/null || [ "$(id -u)" -ne 0 ] || [ -n "$there" ]; then
		say "skipped: the image (buildah is not installed, no root, or another processor)"
		return 0
	fi
	report=$out/image-report
	rm -rf "$report"
	mkdir -m 777 "$report"
	buildah bud -q --build-arg VERSION="$version" --build-arg MACHINE="$machine" \
		-t lostsyn-tried -f cmake/Containerfile "$out" >"$out/image.log" 2>&1 ||
		fail "image: $(tail -n 1 "$out/image.log")"
	container=$(buildah from lostsyn-tried)
	status=0
	buildah run --isolation chroot -v "$PWD/samples/cases/server-conntrack-full:/case:ro" \
		-v "$report:/report" "$container" /lostsyn analyze /case -q -o /report/4711 \
		>>"$out/image.log" 2>&1 || status=$?
	buildah rm "$container" >/dev/null
	buildah rmi lostsyn-tried >/dev/null
	if [ "$status" -ne 1 ] || ! grep -q '"cause": *"conntrack-table-full"' \
		"$report/4711/report.json"; then
		fail "image: status $status: $(tail -n 1 "$out/image.log")"
	fi
	say "the image runs, as user $(stat -c %u "$report/4711")"
	rm -rf "$report"
}

mkdir -p "$out"
[ -z "$there" ] || make_across
one first
if [ "$twice" = 1 ]; then
	one again
	for file in "lostsyn_${version}_$architecture.deb" \
		"lostsyn-$version-$machine"; do
		cmp "$built/first/$file" "$built/again/$file" ||
			fail "$file: two builds differ"
	done
	say "two builds in two folders are the same, byte by byte"
fi
for file in "lostsyn_${version}_$architecture.deb" "lostsyn-$version-$machine"; do
	cp "$built/first/$file" "$out/$file"
done
cp analyzer/lostsyn-collect "$out/lostsyn-collect"
try_bare
for suite in $suites; do
	try_suite "$suite"
done
[ "$image" = 0 ] || try_image
(cd "$out" && sha256sum lostsyn_"$version"_*.deb lostsyn-"$version"-* \
	lostsyn-collect >SHA256SUMS && cat SHA256SUMS)
rm -rf "$built/first" "$built/again"
