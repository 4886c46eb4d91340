#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 600
#
# The recipes for rpmbuild and makepkg build packages with the files of the Debian packages.

. "$(dirname "$0")/../lib.sh"

need_tool git make gcc
git -C "$repo" ls-files >/dev/null 2>&1 || skip_all "this tree has no history of its own"
work=$(mktemp -d) || bail "there is room"
defer rm -rf "$work"
chmod 755 "$work"
version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$repo/dkms.conf")
tarball=$work/naawg-$version.tar.gz
export SOURCE_DATE_EPOCH=1700000000
git -C "$repo" ls-files -z | tar -c -C "$repo" --null -T - --transform "s|^|naawg-$version/|S" |
	gzip -n >"$tarball"
"$repo/tools/release/recipes" "$repo" "$tarball" "$work" || bail "the recipes are filled in"
check "the recipes have the version and no gap" same \
	"$(grep -c "$version" "$work/naawg.spec") $(grep -lE '@[A-Z0-9]+@' "$work"/naawg.spec \
		"$work/PKGBUILD")" "2 "

# Files that hosts need, whatever the format; directories of commands and units differ.
wanted="etc/naawg naawg naawg-quick naawg.8 naawg.4 naawg.conf.5 naawg-quick.8 naawg-quick@.service
	naawg.target dkms.conf Kbuild naawg-upgrade naawg-upgrade.8 upgrade-modules keep-running
	loaded-module naawg-as-wireguard.conf who-serves"
lacking()
{
	local name

	for name in $wanted; do
		grep -qE "(^|/)${name//./\\.}(\.gz|\.xz|\.zst)?/?$" <<<"$1" || echo "$name"
	done
}

if command -v rpmbuild >/dev/null; then
	mkdir -p "$work/rpm/SOURCES"
	cp "$tarball" "$work/rpm/SOURCES/"
	# Debian's rpm knows none of the packages that are installed here.
	check "rpmbuild builds the packages" rpmbuild --quiet -bb --nodeps \
		--define "_topdir $work/rpm" "$work/naawg.spec"
	mapfile -t rpms < <(find "$work/rpm/RPMS" -name '*.rpm' | sort)
	check "rpm: there are three packages" same ${#rpms[@]} 3
	check "rpm: they have the files" same "$(lacking "$(rpm -qpl "${rpms[@]}" 2>/dev/null)")" ""
	check "rpm: configurations are for root only" matches \
		"$(rpm -qplv "${rpms[@]}" 2>/dev/null | grep ' /etc/naawg$')" "^drwx------ .* root +root"
	if command -v rpmlint >/dev/null; then
		check "rpmlint finds no error" lacks "$(rpmlint -c "$repo/tools/packaging/rpm/rpmlint.toml" \
			"$work/naawg.spec" "${rpms[@]}" 2>&1)" ": E: "
	else
		skip "rpmlint finds no error" "no rpmlint on this machine"
	fi
else
	skip "rpmbuild builds the packages" "no rpmbuild on this machine"
fi

# built_by_makepkg - it refuses to run as root
built_by_makepkg()
{
	mkdir "$work/arch"
	cp "$tarball" "$work/PKGBUILD" "$work/arch/"
	chown -R nobody "$work/arch"
	(cd "$work/arch" && HOME=$work/arch PKGEXT=.pkg.tar setpriv --reuid nobody --clear-groups \
		makepkg --nodeps --nocheck --log 2>&1)
}
if [ "$(id -u)" = 0 ] && command -v makepkg >/dev/null && command -v bsdtar >/dev/null; then
	check "makepkg builds the packages" built_by_makepkg
	check "makepkg: there are three packages" same \
		"$(find "$work/arch" -maxdepth 1 -name '*.pkg.tar' | wc -l)" 3
	check "makepkg: they have the files" same "$(lacking "$(for package in "$work"/arch/*.pkg.tar; do
		tar -t -f "$package"
	done)")" ""
else
	skip "makepkg builds the packages" "not root, or no makepkg or bsdtar on this machine"
fi
finish
