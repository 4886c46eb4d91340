#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# build.sh [DIRECTORY]: builds the Debian packages naawg-dkms, naawg-as-wireguard and naawg in
# DIRECTORY (default: tools/packaging/out). It builds in a copy, and leaves nothing in the
# checkout.
#
# The version is that of dkms.conf. In a git checkout without a tag vVERSION on a clean
# HEAD, the number of commits and the last commit are added: DKMS builds a version only
# once, so two sources must not have the same one. The ~ sorts them before the release.
# NAAWG_VERSION overrides it.
#
# The same sources give the same bytes: SOURCE_DATE_EPOCH is the time of the last commit
# unless it is set, and neither umask nor directory nor the dates of files matter.

set -eu -o pipefail
umask 022

here=$(cd "$(dirname "$0")" && pwd -P)
repo=$(cd "$here/../.." && pwd -P)
out=${1:-$here/out}

for tool in dpkg-buildpackage dh dh_dkms; do
	command -v "$tool" >/dev/null || {
		echo "build.sh: no $tool: apt-get install dpkg-dev debhelper dh-dkms fakeroot pkg-config libmnl-dev libsodium-dev" >&2
		exit 1
	}
done

version()
{
	local base

	base=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$repo/dkms.conf")
	if [ -n "${NAAWG_VERSION:-}" ]; then
		echo "$NAAWG_VERSION"
	elif ! git -C "$repo" rev-parse -q --verify HEAD >/dev/null 2>&1; then
		echo "$base"
	elif [ -n "$(git -C "$repo" status --porcelain -uno)" ]; then
		echo "$base~git$(git -C "$repo" rev-list --count HEAD).$(date -u +%Y%m%d%H%M%S)"
	elif [ "$(git -C "$repo" describe --tags --exact-match 2>/dev/null)" = "v$base" ]; then
		echo "$base"
	else
		echo "$base~git$(git -C "$repo" rev-list --count HEAD).$(git -C "$repo" rev-parse --short=8 HEAD)"
	fi
}

version=$(version)
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$repo" log -1 --format=%ct 2>/dev/null ||
	stat -c %Y "$repo/dkms.conf")}
export SOURCE_DATE_EPOCH

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
tree=$stage/naawg-$version
make -s --no-print-directory -C "$repo" copy TO="$tree"
sed -i "s/^PACKAGE_VERSION=.*/PACKAGE_VERSION=\"$version\"/" "$tree/dkms.conf"
tar -c -C "$repo" --exclude=./tools/naawg --exclude=build --exclude=build-san \
	--exclude=./tools/packaging/out ./tools | tar -x -C "$tree"
cp -r "$here/debian" "$tree/debian"
maintainer=$(cat "$here/maintainer")
sed -i "s/^Maintainer: .*/Maintainer: $maintainer/" "$tree/debian/control"
cat >"$tree/debian/changelog" <<EOT
naawg ($version) unstable; urgency=medium

  * Built from the sources of that version.

 -- $maintainer  $(date -u -R -d "@$SOURCE_DATE_EPOCH")
EOT

# Packages keep dates that are older than SOURCE_DATE_EPOCH, and the modes of the checkout.
find "$tree" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
chmod -R u=rwX,go=rX "$tree"

log=$stage/log
if ! (cd "$tree" && DEB_BUILD_OPTIONS=noautodbgsym dpkg-buildpackage -b -us -uc) >"$log" 2>&1; then
	cat "$log" >&2
	echo "build.sh: the packages could not be built" >&2
	exit 1
fi
mkdir -p "$out"
find "$stage" -maxdepth 1 -type f ! -name log -exec mv -t "$out" {} +
printf '%s\n' "$out"/naawg-{dkms,as-wireguard}_"${version}_all.deb" \
	"$out/naawg_${version}_$(dpkg --print-architecture).deb"
