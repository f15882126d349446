#!/bin/bash -eu
# Builds every fuzz target into $OUT, with its seeds and the shared libraries that
# the machine that runs it does not have. SRC, WORK, OUT, CC, CFLAGS and
# LIB_FUZZING_ENGINE come from OSS-Fuzz or ClusterFuzzLite; `./dev fuzz recipe`
# sets them as they do and runs what comes out.

source=${LOSTSYN_SOURCE:-$SRC/lostsyn}
build=$WORK/lostsyn
cmake -S "$source" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=None \
	-DLOSTSYN_FUZZ=ON "-DLOSTSYN_FUZZ_ENGINE=$LIB_FUZZING_ENGINE"

targets=()
for file in "$source"/tests/fuzz/fuzz_*.c; do
	name=${file##*/}
	targets+=("${name%.c}")
done
cmake --build "$build" --target "${targets[@]}"

mkdir -p "$OUT/lib"
for name in "${targets[@]}"; do
	program=$OUT/$name
	cp "$build/tests/fuzz/$name" "$program"
	# The C library itself is the same there.
	ldd "$program" | awk '$3 ~ /^\// { print $3 }' |
		grep -vE '/(libc|libm|libpthread|libdl|librt|libresolv)\.so' |
		xargs -r cp -L -n -t "$OUT/lib"
	# shellcheck disable=SC2016 # the loader expands it
	patchelf --set-rpath '$ORIGIN/lib' "$program"
	printf '[libfuzzer]\ntimeout = 20\nrss_limit_mb = 1500\n' \
		>"$program.options"
	seeds=$source/tests/fuzz/seeds/$name
	if [ -d "$seeds" ]; then
		(cd "$seeds" && zip -q -r "${program}_seed_corpus.zip" .)
	fi
done
# A library finds the others beside it.
for library in "$OUT"/lib/*; do
	# shellcheck disable=SC2016
	patchelf --set-rpath '$ORIGIN' "$library"
done
