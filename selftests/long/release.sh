#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 3600
#
# A whole release of this tree with keys for a day, and the life of a host that installs it by
# apt: 0.1.0, upgrade, downgrade, removal, in a Debian 12 (file:) and a Debian 13 (HTTP), each
# with its own apt, DKMS and headers. NAAWG_BUILD=--without-image leaves the image out, and
# NAAWG_SUITES names the hosts (bookworm trixie).

# Mounts of ours end with the test.
if [ -z "${NAAWG_OWN_MOUNTS:-}" ] && [ "$(id -u)" = 0 ]; then
	NAAWG_OWN_MOUNTS=1 exec unshare -m "$0"
fi
# shellcheck source=selftests/packages/release_lib.sh
. "$(dirname "$0")/../packages/release_lib.sh"
# shellcheck source=selftests/kernels/kernel.sh
. "$selftests/kernels/kernel.sh"

need_root
need_tool dpkg-buildpackage dh_dkms mmdebstrap
first=25a05fe
before=0.1.0
arch=$(dpkg --print-architecture)

# --- the release -----------------------------------------------------------------

published=$work/published
check "make release" env -C "$clone" make -s release VERSION="$version" KEY="$GOOD" \
	OUT="$published" BUILD="${NAAWG_BUILD:-}" || bail "there is a release"
files=$published/files
apt=$published/apt
wanted="PKGBUILD naawg.spec naawg-$version.notes.md naawg-$version.spdx.json naawg-$version.tar.gz"
wanted+=" naawg-as-wireguard_${version}_all.deb naawg-dkms_${version}_all.deb"
[ -n "${NAAWG_BUILD:-}" ] || wanted+=" naawg-image_${version}_$arch.tar.gz"
wanted+=" naawg_${version}_$arch.deb"
check "the release has its files" same \
	"$(cd "$files" && printf '%s\n' P* naawg.spec naawg[-_]*"$version"* | sort | tr '\n' ' ')" \
	"$(tr ' ' '\n' <<<"$wanted" | sort | tr '\n' ' ')"
check "tools/packaging/verify accepts them" "$clone/tools/packaging/verify" "$files"
if [ -z "${NAAWG_BUILD:-}" ] && command -v skopeo >/dev/null; then
	# docker load takes it compressed, skopeo does not.
	gunzip -c "$files/naawg-image_${version}_$arch.tar.gz" >"$work/image.tar"
	check "the image has its version and starts the entrypoint" matches "$(skopeo inspect --config \
		"docker-archive:$work/image.tar" 2>&1 | tr -d ' \n')" \
		"/opt/wireguard/entrypoint.*version\":\"$version\""
	rm "$work/image.tar"
else
	skip "the image has its version and starts the entrypoint" "no image, or no skopeo"
fi
check "the tag is signed" git -C "$clone" verify-tag "v$version"
check "the tag has the entry of the changelog" contains \
	"$(git -C "$clone" tag -l --format='%(contents)' "v$version")" "### Added"
check "a second release of that version is refused" refuses \
	env -C "$clone" make -s release VERSION="$version" KEY="$GOOD" OUT="$work/again"

# From the tarball alone, with another umask, the packages are the same.
rebuilt()
{
	mkdir "$work/tarball" && tar -x -f "$files/naawg-$version.tar.gz" -C "$work/tarball"
	(umask 077; SOURCE_DATE_EPOCH=$(git -C "$clone" log -1 --format=%ct) \
		"$work/tarball/naawg-$version/tools/packaging/build.sh" "$work/rebuilt") &&
		(cd "$files" && sha256sum naawg*.deb) |
			(cd "$work/rebuilt" && sha256sum --check --strict)
}
check "the tarball gives the same packages" rebuilt

# --- the first version --------------------------------------------------------------

if git -C "$repo" cat-file -e "$first^{commit}" 2>/dev/null; then
	mkdir "$work/first"
	git -C "$repo" archive "$first" | tar -x -C "$work/first"
	check "the packages of $before are built" env NAAWG_VERSION=$before \
		SOURCE_DATE_EPOCH=1700000000 "$work/first/tools/packaging/build.sh" "$work/first-debs"
	check "a repository takes an older version" "$clone/tools/release/repository" "$apt" \
		"$GOOD" "$work"/first-debs/*.deb
else
	before=
fi

# --- hosts ----------------------------------------------------------------------------

(cd "$apt" && exec python3 -m http.server --bind 127.0.0.1 0) >"$work/http" 2>&1 &
defer kill $!
wait_for 20 grep -q "port [0-9]" "$work/http"
port=$(grep -oE 'port [0-9]+' "$work/http" | cut -d' ' -f2)

# The project prolonged its key, and hosts have the older file. Debian 13 judges a signature by
# the time at which it was made, so it has to be a new one.
gpg --batch --armor --export "$OLD" >"$work/old.asc"
gpg --batch --quiet --quick-set-expire "$OLD" 1d 2>/dev/null

inside()
{
	chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
		DEBIAN_FRONTEND=noninteractive "$@"
}

apt_inside()
{
	inside apt-get -y -q -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 "$@"
}

# begin_host SUITE - sets $root
begin_host()
{
	local base place=$kernel_cache/release.$$

	base=$(debian_root "$1-host" "$1" dkms gcc make kmod openssl pahole initramfs-tools \
		linux-headers-amd64) || return 1
	mkdir -p "$place"/{upper,work,root}
	mount -t overlay -o "lowerdir=$base,upperdir=$place/upper,workdir=$place/work" \
		overlay "$place/root" || return 1
	root=$place/root
	mount -t proc proc "$root/proc"
	mount -t devtmpfs dev "$root/dev"
	mkdir "$root/repository"
	mount --bind "$apt" "$root/repository"
	echo 'update_initramfs=no' >"$root/etc/initramfs-tools/update-initramfs.conf"
	echo 'autoinstall_all_kernels=yes' >>"$root/etc/dkms/framework.conf"
}

end_host()
{
	umount -R -l "$root"
	rm -rf "$kernel_cache/release.$$"
}

# trusts KEYFILE URI - as docs/trust.md says
trusts()
{
	install -D -m 644 "$1" "$root/etc/apt/keyrings/naawg.asc"
	sed "s|^URIs:.*|URIs: $2|" "$apt/naawg.sources" >"$root/etc/apt/sources.list.d/naawg.sources"
	[ "$(stat -c %a "$root/etc/apt/sources.list.d/naawg.sources")" = 644 ] ||
		chmod 644 "$root/etc/apt/sources.list.d/naawg.sources"
}

# has_version VERSION - tool, package and module of every kernel are of that version
has_version()
{
	local ko

	inside naawg --version | grep -qF "$1" || return 1
	for ko in "$root"/lib/modules/*/updates/dkms/naawg{,_wireguard}.ko*; do
		[ -e "$ko" ] || [[ $ko != */naawg.ko* ]] || return 1
		[ ! -e "$ko" ] || [ "$(modinfo -F version "$ko")" = "$1" ] || return 1
	done
	inside dkms status -m naawg | grep -q "$1.*installed" &&
		[ "$(inside dkms status -m naawg | grep -vc "$1")" = 0 ] &&
		[ -z "$(inside dpkg --audit)" ]
}

# Remaining files, apart from logs and lists of apt and dpkg.
left_over()
{
	find "$root"/{etc,usr,var/lib/dkms,lib/modules,lib/systemd,run} -iname '*naawg*' \
		! -path '*/apt/*' 2>/dev/null
}

# carries SUITE - the installed module, on its own kernel, and the installed tool make a tunnel
carries()
{
	local out=$selftests/out/release release report

	release=$(cd "$root/lib/modules" && ls -d 6.*-amd64 2>/dev/null | tail -n 1)
	if [ -z "$release" ] || ! kernel_root "$release" >/dev/null 2>&1; then
		skip "$1: a tunnel works in a guest" "no kernel ${release:-6} to boot"
		return
	fi
	mkdir -p "$out"
	cp "$root"/lib/modules/"$release"/updates/dkms/naawg.ko* "$root/usr/bin/naawg" "$out/"
	report=$("$selftests/vm/boot.sh" -k "$release" -t 900 -M "$(echo "$out"/naawg.ko*)" -- \
		env WG="$out/naawg" "$selftests/net/basic.sh" 2>&1)
	check "$1: a tunnel works in a guest" same \
		"$(grep -c '^ok ' <<<"$report") $(grep -c '^not ok ' <<<"$report")" \
		"$(sed -n 's/^1\.\.//p' <<<"$report") 0" || diag "$(tail -n 20 <<<"$report")"
	rm -rf "$out"
}

# life SUITE URI - a host from the first installation to the removal
life()
{
	local said

	begin_host "$1" || { skip "$1: a host" "no $1 to be had"; return; }
	trusts "$apt/naawg.asc" "$2"
	check "$1: apt accepts the repository" apt_inside --error-on=any update
	if [ -n "$before" ]; then
		check "$1: apt installs $before" apt_inside install "naawg-dkms=$before" "naawg=$before"
		check "$1: tool and module are of $before" has_version "$before"
		check "$1: apt upgrades to $version" apt_inside upgrade
		check "$1: tool and module are of $version" has_version "$version"
		check "$1: apt goes back to $before" apt_inside install --allow-downgrades \
			"naawg-dkms=$before" "naawg=$before"
		check "$1: tool and module are of $before again" has_version "$before"
		check "$1: apt purges it" apt_inside purge naawg naawg-dkms
	fi
	check "$1: apt installs $version" apt_inside install naawg-dkms naawg naawg-as-wireguard
	check "$1: tool and module are of $version, by the first installation" has_version "$version"
	carries "$1"
	check "$1: the address for reports is that of the owner" contains \
		"$(inside dpkg -s naawg)" "Maintainer: naawg testers <reports@naawg.test>"
	echo key >"$root/etc/naawg/wg0.conf"
	check "$1: apt removes it" apt_inside remove naawg-as-wireguard naawg naawg-dkms
	check "$1: configurations are kept" same "$(cat "$root/etc/naawg/wg0.conf")" key
	rm -r "$root/etc/naawg"
	check "$1: apt purges the rest" apt_inside purge naawg-as-wireguard naawg naawg-dkms
	check "$1: nothing is left" same "$(left_over)" ""
	refusals "$1" "$2"
	end_host
}

# refusals SUITE URI - apt of that suite refuses what nobody trusted has signed
refusals()
{
	local said

	rm -rf "$root"/var/lib/apt/lists/*stable_* "$root"/var/lib/apt/lists/*repository*
	gpg --batch --armor --export "$OTHER" >"$work/other.asc"
	trusts "$work/other.asc" "$2"
	said=$(apt_inside --error-on=any update 2>&1) && said="accepted: $said"
	check "$1: a repository of another key is refused" matches "$said" \
		"NO_PUBKEY|Missing key|not signed"
	cp -a "$apt" "$work/bad"
	mount --bind "$work/bad" "$root/repository"
	trusts "$apt/naawg.asc" file:/repository
	sed -i 's/^Label: .*/Label: other/' "$work/bad/dists/stable/InRelease"
	said=$(apt_inside --error-on=any update 2>&1) && said="accepted: $said"
	check "$1: a repository with a broken signature is refused" matches "$said" \
		"BADSIG|[Ii]nvalid|not signed"
	gpg --batch --quiet --yes --local-user "$OLD" --clearsign \
		--output "$work/bad/dists/stable/InRelease" "$work/bad/dists/stable/Release"
	trusts "$work/old.asc" file:/repository
	said=$(apt_inside --error-on=any update 2>&1) && said="accepted: $said"
	check "$1: a repository of an expired key is refused" matches "$said" \
		"EXPKEYSIG|[Ee]xpired|not live"
	cp "$apt"/dists/stable/InRelease "$work/bad/dists/stable/"
	trusts "$apt/naawg.asc" file:/repository
	for deb in "$work"/bad/pool/main/n/naawg/naawg_"${version}"_*.deb; do
		printf x | dd of="$deb" bs=1 seek=300 conv=notrunc 2>/dev/null
	done
	check "$1: the repository is accepted again" apt_inside --error-on=any update
	apt_inside clean
	said=$(apt_inside install "naawg=$version" 2>&1) && said="accepted: $said"
	check "$1: a package that was changed is refused" matches "$said" \
		"Hash Sum mismatch|unexpected size"
	check "$1: and is not installed" refuses inside dpkg -s naawg
	umount -l "$root/repository"
	rm -rf "$work/bad"
}

for suite in ${NAAWG_SUITES-bookworm trixie}; do
	case $suite in
	bookworm) life bookworm file:/repository ;;
	*) life "$suite" "http://127.0.0.1:$port" ;;
	esac
done
finish
