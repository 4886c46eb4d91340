#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# image.sh [PACKAGE.deb]: the container image. Without a package it is made first,
# as `make deb` does. In the environment: IMAGE, its name (naawg); BASE, what it is
# built from (debian:bookworm-slim).

set -eu -o pipefail

here=$(cd "$(dirname "$0")" && pwd -P)

command -v docker >/dev/null || {
	echo "image.sh: there is no docker here: apt-get install docker.io" >&2
	exit 1
}
context=$(mktemp -d)
trap 'rm -rf "$context"' EXIT
if [ $# -gt 0 ]; then
	cp "$1" "$context/naawg.deb"
else
	"$here/../packaging/build.sh" "$context/out" >&2
	mv "$context"/out/naawg_*.deb "$context/naawg.deb"
	rm -rf "$context/out"
fi
chmod 644 "$context/naawg.deb"
cp "$here"/{Dockerfile,entrypoint,healthcheck.sh} "$context/"
docker build ${BASE:+--build-arg "BASE=$BASE"} -t "${IMAGE:-naawg}" "$context"
