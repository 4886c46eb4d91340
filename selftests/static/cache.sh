# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Pieces of kernel sources that checks need, kept outside the checkout. Each
# function prints the directory the pieces stand in.

cache=${NAAWG_CACHE:-/var/cache/naawg}/static

# Put the pieces in place with one rename, so that an interrupted run leaves
# nothing that looks complete.
unpack()
{
	local archive=$1 into=$2 tmp

	shift 2
	mkdir -p "$cache" || return 1
	tmp=$(mktemp -d "$cache/unpack.XXXXXX") || return 1
	if tar -xf "$archive" -C "$tmp" --strip-components=1 --wildcards "$@" >&2; then
		chmod 755 "$tmp"
		[ -d "$into" ] || mv -T "$tmp" "$into" 2>/dev/null
	fi
	rm -rf "$tmp"
	[ -d "$into" ]
}

# checkpatch and its word lists, from Debian's source of 6.1
checkpatch_dir()
{
	local into=$cache/checkpatch-6.1

	[ -d "$into" ] || unpack /usr/src/linux-source-6.1.tar.xz "$into" \
		'*/scripts/checkpatch.pl' '*/scripts/spelling.txt' \
		'*/scripts/const_structs.checkpatch' || return 1
	printf '%s\n' "$into"
}

# the rules Coccinelle has for the kernel, from the same
coccinelle_dir()
{
	local into=$cache/coccinelle-6.1

	[ -d "$into" ] || unpack /usr/src/linux-source-6.1.tar.xz "$into" \
		'*/scripts/coccinelle/*' || return 1
	printf '%s\n' "$into"
}

# The suites newer kernels come from, in an apt configuration of our own: the
# machine's is not touched.
backports_apt()
{
	local dir=$cache/apt

	mkdir -p "$dir"/lists/partial "$dir"/archives/partial || return 1
	cat >"$dir/sources.list" <<-EOT
	deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${NAAWG_MIRROR:-http://deb.debian.org/debian} trixie-backports main
	deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${NAAWG_MIRROR:-http://deb.debian.org/debian} bookworm-backports main
	EOT
	"$1" -q -o Dir::Etc::SourceList="$dir/sources.list" \
		-o Dir::Etc::SourceParts=/dev/null \
		-o Dir::State::Lists="$dir/lists" \
		-o Dir::Cache="$dir" -o Acquire::Retries=5 \
		-o APT::Sandbox::User=root -o APT::Get::List-Cleanup=0 \
		"${@:2}"
}

again()
{
	local try

	for try in 1 2 3 4 5; do
		"$@" && return 0
		sleep $((try * 3))
	done
	return 1
}

# newest_source NAME PATTERN...: pieces of the newest kernel source Debian has. It
# is a big download for a small piece, hence the cache.
newest_source()
{
	local into=$cache/$1-7.2 tmp package=linux-source-7.2

	if [ ! -d "$into" ]; then
		again backports_apt apt-get update >&2 || return 1
		tmp=$(mktemp -d "$cache/deb.XXXXXX") || return 1
		if (cd "$tmp" && again backports_apt apt-get download "$package" &&
		    dpkg-deb -x ./"$package"_*.deb .) >&2; then
			unpack "$tmp/usr/src/$package.tar.xz" "$into" "${@:2}" >&2
		fi
		rm -rf "$tmp"
		[ -d "$into" ] || return 1
	fi
	printf '%s\n' "$into"
}

# The generator of netlink code.
ynl_dir()
{
	newest_source ynl '*/tools/net/ynl/pyynl/*' '*/Documentation/netlink/*.yaml'
}

# The test that is published with the stock driver.
stock_test_dir()
{
	newest_source stock-test '*/tools/testing/selftests/wireguard/netns.sh'
}

# Headers of Debian's kernel of the given series for this release's compiler.
# They say where they want to stand; that is changed to where they do.
headers_dir()
{
	local into=$cache/headers-$1 tmp flavour common

	if [ ! -d "$into" ]; then
		again backports_apt apt-get update >&2 || return 1
		flavour=$(backports_apt apt-cache search --names-only \
			"^linux-headers-$1\.[0-9]+\+deb12-amd64\$" | cut -d' ' -f1 |
			sort -V | tail -n 1)
		[ -n "$flavour" ] || return 1
		common=${flavour%-amd64}-common
		tmp=$(mktemp -d "$cache/headers.XXXXXX") || return 1
		if (
			cd "$tmp" || exit 1
			again backports_apt apt-get download "$flavour" "$common" \
				"linux-kbuild-${flavour:14:-6}" || exit 1
			for package in ./*.deb; do
				dpkg-deb -x "$package" . || exit 1
			done
		) >&2; then
			rm -f "$tmp"/*.deb "$tmp/usr/src"/linux-kbuild-*
			sed -i "s|/usr/src/|$into/usr/src/|" "$tmp/usr/src/$flavour/Makefile"
			sed -i "s|/usr/src/|$into/usr/src/|" "$tmp/usr/src/$common/Makefile"
			ln -s "usr/src/$flavour" "$tmp/build"
			chmod 755 "$tmp"
			[ -d "$into" ] || mv -T "$tmp" "$into" 2>/dev/null
		fi
		rm -rf "$tmp"
		[ -d "$into" ] || return 1
	fi
	readlink -f "$into/build"
}
