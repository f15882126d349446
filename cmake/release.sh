#!/bin/sh
# Everything that a release takes, in one command. `./dev release` calls it.
#
#	release.sh [--check]
#
# CMakeLists.txt has the version and CHANGELOG.md a section "## VERSION, DATE" on
# top; both are committed. Then: lint, all tests, the packages of this processor
# (and of arm64, as root), twice and byte for byte, their SHA-256 and the section as
# NOTES.md in build/package, and a tag vVERSION. Nothing leaves this machine; what
# to push and upload is printed. --check looks at version, section and tag alone.
set -eu
cd "$(dirname "$0")/.."

say() { printf '%s\n' "release: $*"; }
fail() {
	printf 'release: %s\n' "$*" >&2
	exit 1
}

only_check=0
case ${1:-} in
'') ;;
--check) only_check=1 ;;
*) fail "'$1' is no option: --check" ;;
esac

version=$(sed -n 's/^project(lostsyn VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
[ -n "$version" ] || fail "CMakeLists.txt names no version"
top=$(sed -n 's/^## //p' CHANGELOG.md | head -n 1)
date=${top#"$version, "}
[ "$date" != "$top" ] ||
	fail "CHANGELOG.md begins with '## $top'; '## $version, $(date +%F)' is wanted (the version is in CMakeLists.txt)"
[ "$date" = "$(date -d "$date" +%F 2>/dev/null)" ] ||
	fail "CHANGELOG.md: '$date' is no date such as $(date +%F)"
[ -z "$(git status --porcelain)" ] || fail "there are changes that are not committed"
! git rev-parse -q --verify "refs/tags/v$version" >/dev/null ||
	fail "v$version is tagged already"
say "$version of $date"
[ "$only_check" -eq 0 ] || exit 0

./dev lint
./dev test
./dev package
if [ "$(id -u)" -eq 0 ] && [ "$(dpkg --print-architecture)" != arm64 ]; then
	./dev package arm64
else
	say "skipped: arm64 (built across, as root)"
fi
awk '/^## /{n++} n==1' CHANGELOG.md | sed 1d >build/package/NOTES.md
(cd build/package && sha256sum "lostsyn_${version}"_*.deb "lostsyn-$version"-* >SHA256SUMS)
git tag -a "v$version" -F build/package/NOTES.md
say "build/package has packages, SHA256SUMS and NOTES.md; v$version is tagged here"
say "to publish: git push origin main v$version, and upload build/package"
