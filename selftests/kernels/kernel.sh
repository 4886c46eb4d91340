# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Kernels that are not installed here: their images to boot, and their headers to build
# with. They come from Debian's archive into the cache, and nothing is installed.
#
# A kernel is named by its release (6.12.95+deb12-amd64) or by the beginning of its version
# and a flavour: 6.1, 6.12, 6.12-rt, 7, 7-cloud. If several match, the newest one that is
# here is taken, or else the newest one of the archive.

# shellcheck source=selftests/static/cache.sh
. "$(dirname "${BASH_SOURCE[0]}")/../static/cache.sh"

kernel_cache=${NAAWG_CACHE:-/var/cache/naawg}/kernels

# The suites kernels come from, for both architectures. It is apart from that
# of cache.sh, which needs less.
kernel_apt()
{
	local dir=$kernel_cache/apt mirror=${NAAWG_MIRROR:-http://deb.debian.org/debian}
	local by="[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]" suite

	mkdir -p "$dir"/lists/partial "$dir"/archives/partial || return 1
	{
		for suite in bookworm bookworm-updates bookworm-backports trixie-backports; do
			echo "deb $by $mirror $suite main"
		done
		echo "deb $by ${NAAWG_MIRROR:-http://deb.debian.org/debian}-security bookworm-security main"
	} >"$dir/sources.list"
	"$1" -q -o Dir::Etc::SourceList="$dir/sources.list" \
		-o Dir::Etc::SourceParts=/dev/null -o Dir::State::Lists="$dir/lists" \
		-o Dir::Cache="$dir" -o Acquire::Retries=5 -o APT::Sandbox::User=root \
		-o APT::Get::List-Cleanup=0 -o APT::Architectures::=amd64 \
		-o APT::Architectures::=arm64 "${@:2}"
}

# one_fetches FUNCTION ARGUMENT...: tests that run at the same time wait for each other.
one_fetches()
{
	mkdir -p "$kernel_cache" || return 1
	(
		flock 9
		"$@" 9>&-
	) 9>"$kernel_cache/.lock"
}

# The lists are good for half a day.
kernel_lists()
{
	one_fetches update_lists
}

update_lists()
{
	local stamp=$kernel_cache/apt/updated

	[ -z "$(find "$stamp" -mmin -720 2>/dev/null)" ] || return 0
	again kernel_apt apt-get update >&2 && touch "$stamp"
}

# kernel_pattern SPEC: what a release of that name looks like, as an extended
# regular expression. A release is one itself.
kernel_pattern()
{
	local series=${1%%-*} flavour=

	case $1 in
	*-amd64 | *-arm64)
		printf '%s\n' "${1//[.+]/\\&}"
		return
		;;
	*-*) flavour=${1#*-}- ;;
	esac
	printf '%s(\\.[0-9]+)*(\\+deb1[23](\\.[0-9]+)?|(\\.0)?-[0-9]+)-%samd64\n' \
		"${series//./\\.}" "$flavour"
}

# kernel_release SPEC: the release that is meant.
kernel_release()
{
	local pattern found name

	pattern=$(kernel_pattern "$1")
	found=$(find /lib/modules -mindepth 1 -maxdepth 1 -printf '%f\n' 2>/dev/null |
		while read -r name; do
			[ ! -r "/boot/vmlinuz-$name" ] || echo "$name"
		done | grep -xE "$pattern" | sort -V | tail -n 1)
	[ -n "$found" ] ||
		found=$(find "$kernel_cache" -mindepth 1 -maxdepth 1 ! -empty -printf '%f\n' \
			2>/dev/null |
			grep -xE "$pattern" | sort -V | tail -n 1)
	if [ -z "$found" ]; then
		kernel_lists || return 1
		found=$(kernel_apt apt-cache pkgnames linux-headers- |
			sed 's/^linux-headers-//' | grep -xE "$pattern" |
			sort -V | tail -n 1)
	fi
	[ -n "$found" ] || return 1
	printf '%s\n' "$found"
}

# kernel_deb PACKAGE: that package's file, fetched once.
kernel_deb()
{
	one_fetches fetch_deb "$1"
}

fetch_deb()
{
	local dir=$kernel_cache/debs file

	mkdir -p "$dir/partial" || return 1
	file=$(compgen -G "$dir/${1%:*}_*.deb" | sort -V | tail -n 1)
	if [ -z "$file" ]; then
		update_lists || return 1
		(
			cd "$dir/partial" && rm -f "${1%:*}"_*.deb &&
				again kernel_apt apt-get download "$1" &&
				mv "${1%:*}"_*.deb ..
		) >&2 || return 1
		file=$(compgen -G "$dir/${1%:*}_*.deb" | tail -n 1)
	fi
	printf '%s\n' "$file"
}

# kernel_unpack INTO PACKAGE...: the packages, unpacked. One rename puts them in
# place, so that an interrupted run leaves nothing that looks complete.
kernel_unpack()
{
	local into=$1 tmp package file

	shift
	mkdir -p "$(dirname "$into")" || return 1
	tmp=$(mktemp -d "$kernel_cache/unpack.XXXXXX") || return 1
	chmod 755 "$tmp"
	for package; do
		file=$(kernel_deb "$package") && dpkg-deb -x "$file" "$tmp" && continue
		rm -rf "$tmp"
		return 1
	done
	[ -d "$into" ] || mv -T "$tmp" "$into" 2>/dev/null
	rm -rf "$tmp"
	[ -d "$into" ]
}

# kernel_root RELEASE: the directory below which lib/modules/RELEASE and the
# image stand, which is / for a kernel that is installed.
kernel_root()
{
	local into=$kernel_cache/$1/image new=$kernel_cache/$1/image.new
	local packages=("linux-image-$1")

	if [ -r "/boot/vmlinuz-$1" ] && [ -d "/lib/modules/$1/kernel" ]; then
		echo /
		return
	fi
	if [ ! -d "$into" ]; then
		kernel_lists || return 1
		# Newer ones are split, and signed a little after they were built.
		if kernel_has "linux-modules-$1"; then
			packages=("linux-base-$1" "linux-modules-$1" "linux-binary-$1")
			kernel_has "linux-binary-$1" ||
				packages[2]=linux-binary-unsigned-$1
		fi
		rm -rf "$new"
		kernel_unpack "$new" "${packages[@]}" || return 1
		# Some have the modules below /usr.
		[ -d "$new/lib/modules" ] || ln -s usr/lib "$new/lib"
		depmod -b "$new" "$1" >&2 || return 1
		mv -T "$new" "$into" || return 1
	fi
	kernel_image "$1" "$into" >/dev/null && printf '%s\n' "$into"
}

# kernel_image RELEASE ROOT: what to boot, of that kernel below that root.
kernel_image()
{
	local file

	for file in "$2/boot/vmlinuz-$1" "$2/lib/modules/$1/vmlinuz"; do
		[ ! -r "$file" ] || { printf '%s\n' "$file"; return; }
	done
	return 1
}

kernel_has()
{
	kernel_apt apt-cache pkgnames "$1" | grep -qxF "$1"
}

# kernel_headers RELEASE: a directory to give make as KDIR. In the packages the
# files say where they want to stand, which is changed to where they do.
kernel_headers()
{
	local into=$kernel_cache/$1/headers built=/lib/modules/$1/build
	local common kbuild packages

	if [ -e "$built/Makefile" ]; then
		printf '%s\n' "$built"
		return
	fi
	if [ ! -d "$into" ]; then
		# 6.1.0-56-rt-amd64, 6.12.95+deb12-cloud-amd64, …-arm64
		common=$(sed -E 's/-rt-(amd64|arm64)$/-common-rt/; t; s/-(cloud-)?(amd64|arm64)$/-common/' \
			<<<"$1")
		kernel_lists || return 1
		kernel_has "linux-headers-$common" || common=${common%-rt}
		kbuild=$(sed -E 's/(-rt|-cloud)?-(amd64|arm64)$//; s/^(6\.1)\.0-[0-9]+$/\1/' <<<"$1")
		packages=("linux-headers-$1" "linux-headers-$common" "linux-kbuild-$kbuild")
		[[ $1 != *-arm64 ]] || packages[0]+=:arm64
		kernel_unpack "$into" "${packages[@]}" || return 1
		sed -i "s|/usr/src/|$into/usr/src/|" "$into"/usr/src/*/Makefile
	fi
	printf '%s\n' "$into/usr/src/linux-headers-$1"
}

# debian_root NAME SUITE PACKAGE...: a Debian with those packages, in a directory
# of the cache. It is not to be written to.
debian_root()
{
	local into=$kernel_cache/$1 suite=$2 tmp

	shift 2
	if [ ! -d "$into" ]; then
		mkdir -p "$kernel_cache" || return 1
		tmp=$(mktemp -d "$kernel_cache/root.XXXXXX") || return 1
		if again mmdebstrap -q --variant=apt --include="$(IFS=,; echo "$*")" \
			--aptopt='APT::Install-Recommends "false"' \
			--aptopt='Acquire::Retries "5"' "$suite" "$tmp/root" \
			"${NAAWG_MIRROR:-http://deb.debian.org/debian}" >&2
		then
			mv -T "$tmp/root" "$into"
		fi
		rm -rf "$tmp"
	fi
	[ -d "$into" ] && printf '%s\n' "$into"
}

# Debian 13: its kernels want its compiler and its libraries.
kernel_chroot()
{
	debian_root trixie trixie gcc-14 libc6-dev make kmod pahole libelf1t64 zlib1g
}

# kernel_make RELEASE TREE ARGUMENT...: make in TREE, for that kernel and with
# the compiler it wants. Mounts of ours end with the shell that made them.
kernel_make()
{
	local release=$1 tree=$2 kdir root

	shift 2
	kdir=$(kernel_headers "$release") || return 1
	if [[ $release != *+deb13* ]] || [ "$kdir" = "/lib/modules/$release/build" ]; then
		make -j"$(nproc)" -C "$tree" KDIR="$kdir" "$@"
		return
	fi
	root=$(kernel_chroot) || return 1
	mkdir -p "$root/tree" "$root$kernel_cache"
	unshare -m sh -c '
		set -e
		mount --bind "$1" "$2/tree"
		mount --bind "$3" "$2$3"
		mount -t proc proc "$2/proc"
		cores=$4
		root=$2
		shift 4
		exec chroot "$root" make -j"$cores" -C /tree "$@"
	' - "$tree" "$root" "$kernel_cache" "$(nproc)" KDIR="$kdir" "$@"
}
