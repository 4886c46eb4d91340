#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The Debian packages, in a Debian 12 of their own: made, looked at, installed by
# apt from a directory, and then what happens on a host over the years: a kernel
# arrives, one arrives that naawg cannot be built for, naawg is upgraded, and
# removed. apt, dpkg, DKMS, its hooks and the kernels are Debian's.

. "$(dirname "$0")/../kernels/on_kernel.sh"

need_root
need_tool dpkg-buildpackage dh_dkms lintian mmdebstrap openssl unshare
# Mounts of ours end with the test.
if [ -z "${NAAWG_OWN_MOUNTS:-}" ]; then
	tap_finished=1
	NAAWG_OWN_MOUNTS=1 exec unshare -m "$0"
fi

base=$(debian_root bookworm-host bookworm dkms gcc make kmod openssl pahole \
	initramfs-tools linux-headers-amd64) || skip_all "no Debian 12 to be had"
new=$(kernel_release 6.12) || skip_all "no kernel 6.12 to be had"
work=$(mktemp -d "$kernel_cache/packages.XXXXXX") || bail "there is room for a chroot"
defer rm -rf "$work"
defer umount -l "$work/root"
mkdir "$work"/{upper,work,root,debs}
mount -t overlay -o "lowerdir=$base,upperdir=$work/upper,workdir=$work/work" \
	overlay "$work/root" || bail "a chroot can be made"
root=$work/root

inside()
{
	chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
		DEBIAN_FRONTEND=noninteractive "$@"
}

apt_inside()
{
	inside apt-get -y -q -o Acquire::Retries=5 -o Dpkg::Use-Pty=0 "$@"
}

# --- the packages themselves -------------------------------------------------

before=0.0.9
now=0.1.0
NAAWG_VERSION=$before "$repo/tools/packaging/build.sh" "$work/debs" >"$work/log" 2>&1
check "the packages are built" env NAAWG_VERSION=$now \
	"$repo/tools/packaging/build.sh" "$work/debs" || bail "there is something to test"
arch=$(dpkg --print-architecture)
check "there are three packages of each version" same "$(cd "$work/debs" && echo ./*.deb)" \
	"$(echo ./naawg{-{as-wireguard,dkms}_{${before},${now}}_all,_{${before},${now}}_"$arch"}.deb)"
check "lintian reports nothing" same "$(lintian --allow-root --display-info --pedantic \
	"$work/debs/naawg_${now}_$arch.changes" 2>&1)" ""
mkdir "$root/debs"
mount --bind "$work/debs" "$root/debs"
mount -t proc proc "$root/proc"
mount -t devtmpfs dev "$root/dev"
apt_inside update >"$work/log" 2>&1 || skip_all "Debian's archive does not answer"

# The tool on a bare machine: the packages that come with it.
with=$(apt_inside -s -o Dir::State::status=/dev/null -o APT::Install-Recommends=true \
	install "/debs/naawg_${now}_$arch.deb" | awk '$1 == "Inst" { print $2 }' | sort)
check "the tool depends on its libraries" matches "$with" "libsodium23"
check "the tool depends on neither a kernel nor a compiler" same \
	"$(grep -E '^(linux-(image|headers|kbuild)|gcc|make$|dkms|naawg-dkms|kmod$)' <<<"$with" |
		grep -v '^gcc-[0-9]*-base$')" ""
check "apt installs the tool" apt_inside install --no-install-recommends \
	"/debs/naawg_${now}_$arch.deb"
check "the tool prints its version" matches "$(inside naawg --version 2>&1)" "$now"

# --- the life of a host ------------------------------------------------------

old=$(inside sh -c 'cd /lib/modules && ls -d 6.1.*' | tail -n 1)
[ -n "$old" ] || bail "there are headers of 6.1"
# This chroot is never booted, and the host's kernel is not the kernel to build for.
echo 'update_initramfs=no' >"$root/etc/initramfs-tools/update-initramfs.conf"
echo 'autoinstall_all_kernels=yes' >>"$root/etc/dkms/framework.conf"

installed()
{
	inside dkms status -m naawg | grep -E ': installed' | sed -E 's/,[^,]*: installed.*//' | sort
}

whole()
{
	check "$1: every package is configured" same "$(inside dpkg --audit)" ""
}

# what_modinfo WHICH KERNEL VERSION
what_modinfo()
{
	local ko

	ko=$(find "$root/lib/modules/$2/updates/dkms" -name 'naawg.ko*' 2>/dev/null)
	check "$1: the version is right" same "$(modinfo -F version "$ko")" "$3"
	check "$1: the kernel is right" same "$(modinfo -F vermagic "$ko" | cut -d' ' -f1)" "$2"
	check "$1: the aliases are right" same "$(modinfo -F alias "$ko" | sort | tr '\n' ' ')" \
		"net-pf-16-proto-16-family-naawg rtnl-link-naawg "
	for needed in udp_tunnel ip6_udp_tunnel libchacha20poly1305 libcurve25519 nf_nat; do
		check "$1: depends on $needed" matches ",$(modinfo -F depends "$ko")," ",$needed(-generic)?,"
	done
	check "$1: DKMS signed it" same "$(modinfo -F signer "$ko")" "DKMS module signing key"
	ko=${ko%.ko*}_wireguard.ko${ko##*.ko}
	check "$1: the module with the stock driver's names is of that version" same \
		"$(modinfo -F version "$ko")" "$3"
	check "$1: it has no alias of its own" same "$(modinfo -F alias "$ko")" ""
	check "$1: it depends on naawg" same "$(modinfo -F depends "$ko")" naawg
	check "$1: DKMS signed it as well" same "$(modinfo -F signer "$ko")" "DKMS module signing key"
}

# Prints how modprobe answers the first link of kind wireguard, on the new kernel.
first_link()
{
	inside modprobe -S "$new" --show-depends rtnl-link-wireguard 2>&1
}

check "apt installs the module" apt_inside install "/debs/naawg-dkms_${before}_all.deb" ||
	diag "$(tail -n 30 "$root"/var/lib/dkms/naawg/*/build/make.log 2>/dev/null)"
check "the module is built for the installed kernel" same "$(installed)" "naawg/$before, $old"
check "the module is loaded when the host starts" same \
	"$(grep -v '^#' "$root/usr/lib/modules-load.d/naawg.conf")" naawg

arriving=()
for package in "linux-image-$new" "linux-headers-$new" "linux-headers-${new%-*}-common" \
	"linux-kbuild-${new%-*}"; do
	deb=$(kernel_deb "$package") || {
		skip "a kernel that comes later gets a module" "no $package to be had"
		finish
	}
	cp "$deb" "$work/debs/"
	arriving+=("/debs/${deb##*/}")
done
check "a new kernel is installed" apt_inside install --no-install-recommends \
	"${arriving[@]}"
check "the module is built for the new kernel too" same "$(installed)" \
	"$(printf 'naawg/%s, %s\n' "$before" "$old" "$before" "$new" | sort)"
whole "with it"

# arrives VERSION OPTION: a kernel package whose configuration lacks OPTION. Its
# maintainer script does the same as that of Debian's packages.
arrives()
{
	local tree=$work/deb-$1

	mkdir -p "$tree/DEBIAN" "$tree/lib/modules/$1/build/include"
	inside grep -v "^$2=" "/lib/modules/$old/build/.config" \
		>"$tree/lib/modules/$1/build/.config"
	printf '%s\n' "Package: linux-image-$1" "Version: 1" "Architecture: all" \
		"Maintainer: nobody <nobody@naawg.invalid>" "Description: kernel of a test" \
		>"$tree/DEBIAN/control"
	# a kernel of a test needs no initrd, and lacks the tools to make one
	printf '%s\n' '#!/bin/sh' 'set -e' 'export INITRD=No' \
		"for d in postinst.d header_postinst.d; do" \
		"run-parts --report --exit-on-error --arg=$1 --arg=/boot/vmlinuz-$1 /etc/kernel/\$d" \
		"done" >"$tree/DEBIAN/postinst"
	chmod 755 "$tree/DEBIAN/postinst"
	dpkg-deb --root-owner-group -b "$tree" "$work/debs/linux-image-${1}_1_all.deb" >/dev/null
	said=$(apt_inside install "/debs/linux-image-${1}_1_all.deb" 2>&1)
	check "$1 is installed, and apt succeeds" same $? 0
	[ -z "${NAAWG_SHOW:-}" ] || diag "$said"
}

arrives 5.10.0-99-amd64 none
check "the reason for not building is printed" matches "$said" \
	"naawg: not built for kernel 5.10.0-99-amd64: it lacks support for its version"
arrives 6.1.0-99-amd64 CONFIG_CRYPTO_LIB_CURVE25519
check "the missing options of that kernel are printed" matches "$said" \
	"naawg: not built for kernel 6.1.0-99-amd64: it lacks CONFIG_CRYPTO_LIB_CURVE25519"
check "nothing is built for such kernels" same "$(installed | grep -c 99-amd64)" 0
whole "with both"

check "naawg is upgraded" apt_inside install "/debs/naawg-dkms_${now}_all.deb"
check "the new version is built for both kernels, the old one is gone" same "$(installed)" \
	"$(printf 'naawg/%s, %s\n' "$now" "$old" "$now" "$new" | sort)"
whole "upgraded"
what_modinfo 6.1 "$old" $now
what_modinfo 6.12 "$new" $now

check "without naawg-as-wireguard, links of kind wireguard are the stock driver's" matches \
	"$(first_link)" "insmod [^ ]*/kernel/drivers/net/wireguard/wireguard\.ko"
said=$(apt_inside install "/debs/naawg-as-wireguard_${now}_all.deb" 2>&1)
check "apt installs naawg-as-wireguard" same $? 0
check "it says that no module is there for the kernel of this machine" matches "$said" \
	"naawg-as-wireguard: there is no naawg_wireguard for the kernel $(uname -r)"
check "with it, modprobe tries naawg, then the stock driver" matches "$(first_link)" \
	"install /sbin/modprobe -q naawg_wireguard \|\| /sbin/modprobe -q --ignore-install wireguard"
said=$(apt_inside purge naawg-as-wireguard 2>&1)
check "apt removes it, and leaves the module" same "$?$(installed | grep -c ^naawg/)" 02
check "it says who serves the links then" matches "$said" \
	"naawg-as-wireguard: the stock driver serves links of kind wireguard"
check "without it, they are the stock driver's again" lacks "$(first_link)" naawg

# A signature stands behind the module: PKCS#7, twelve bytes about it, the length
# among them, and a line of text.
ko=$root/lib/modules/$old/updates/dkms/naawg.ko
size=$(stat -c %s "$ko")
length=$(tail -c 32 "$ko" | head -c 4 | od -An -tu4 --endian=big | tr -d ' ')
head -c $((size - 40 - length)) "$ko" >"$work/content"
tail -c $((40 + length)) "$ko" | head -c "$length" >"$work/signature"
openssl x509 -inform DER -in "$root/var/lib/dkms/mok.pub" -out "$work/certificate" 2>/dev/null
verified()
{
	openssl cms -verify -inform DER -in "$work/signature" -content "$work/content" -binary \
		-certfile "$work/certificate" -nointern -noverify -out /dev/null
}
check "the signature is that of DKMS' key" verified
printf x >>"$work/content"
check "the signature fits no other content" refuses verified

mkdir -p "$root/sys/module/naawg_wireguard"
said=$(apt_inside purge naawg-dkms 2>&1)
check "naawg is removed" same $? 0
check "it says how links of kind wireguard that naawg serves are moved" matches "$said" \
	"naawg-dkms: .* run naawg-upgrade --release"
rm -r "$root/sys/module"
check "DKMS has forgotten the module" same "$(inside dkms status)" ""
check "nothing is left" same "$(find "$root"/lib/modules "$root"/usr/src "$root"/var/lib/dkms \
	"$root"/usr/lib/modprobe.d "$root"/usr/lib/naawg-* -name '*naawg*' 2>/dev/null)" ""
whole "without it"
check "the tool is removed" apt_inside purge naawg
finish
