# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
#
# The exports of kernels that cannot be built for here: Linux itself, whose source Debian
# has, without Debian's patches; and Proxmox', as far as the lists in exports/ go. The
# reporter (lib.sh) and kernel.sh are there.

exports_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)

# Debian's sources, in an apt configuration of its own.
source_apt()
{
	local dir=$kernel_cache/apt-src by mirror=${NAAWG_MIRROR:-http://deb.debian.org/debian}

	by="[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]"
	mkdir -p "$dir"/lists/partial "$dir"/archives/partial || return 1
	printf '%s\n' "deb-src $by $mirror bookworm main" \
		"deb-src $by $mirror bookworm-backports main" \
		"deb-src $by $mirror trixie-backports main" >"$dir/sources.list"
	"$1" -q -o Dir::Etc::SourceList="$dir/sources.list" \
		-o Dir::Etc::SourceParts=/dev/null -o Dir::State::Lists="$dir/lists" \
		-o Dir::Cache="$dir" -o Acquire::Retries=5 -o APT::Sandbox::User=root \
		-o APT::Get::List-Cleanup=0 "${@:2}"
}

# vanilla_source SERIES: fetches the newest source of that series, 6.1 or 7, that the
# mirror has: some keep only the lists of others.
vanilla_source()
{
	local version

	while read -r version; do
		source_apt apt-get source --download-only --tar-only "linux=$version" && return
	done < <(source_apt apt-cache showsrc --only-source linux |
		sed -n "s/^Version: \($1\..*\)/\1/p" | sort -uVr | head -n 12)
	return 1
}

# vanilla_exports SERIES: a file with the lines of that source that export something.
# It is a large download for a small piece, so only these are kept.
vanilla_exports()
{
	local list=$kernel_cache/exports-$1 tmp

	if [ ! -s "$list" ]; then
		mkdir -p "$kernel_cache" && tmp=$(mktemp -d "$kernel_cache/source.XXXXXX") ||
			return 1
		(
			cd "$tmp" && again source_apt apt-get update && vanilla_source "$1" &&
				tar -xJOf linux_*.orig.tar.xz --wildcards '*.[cSh]' |
					grep -aE '\bEXPORT_[A-Z0-9_]+\(' >lines &&
				mv lines "$list"
		) >&2
		rm -rf "$tmp"
		[ -s "$list" ] || return 1
	fi
	printf '%s\n' "$list"
}

# exported NAME DIRECTORY SERIES: Linux of that series and Proxmox' kernels export all
# functions that both modules in the directory import
exported()
{
	exports_of "$1" "$2/naawg.ko" "$3"
	exports_of "$1, naawg_wireguard" "$2/naawg_wireguard.ko" "$3"
}

exports_of()
{
	local list

	check "$1: Proxmox' kernels export all functions that it calls" same \
		"$(/usr/bin/python3 "$exports_dir/exports.py" proxmox "$2" 2>&1)" ""
	if list=$(vanilla_exports "$3" 2>/dev/null); then
		check "$1: Linux $3 exports all functions that it calls" same \
			"$(/usr/bin/python3 "$exports_dir/exports.py" vanilla "$2" "$list" 2>&1)" ""
	else
		skip "$1: Linux $3 exports all functions that it calls" "no source of Linux $3 to be had"
	fi
}
