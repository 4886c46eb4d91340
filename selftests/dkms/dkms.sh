#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Both modules are built by DKMS, with the targets that users call, into trees of our own:
# built for the kernel of the tests, found under their aliases, refused with advice where
# the key that signed them is not trusted, and removed.

. "$(dirname "$0")/../lib.sh"

need_root
need_tool dkms depmod modinfo modprobe
kernel=${NAAWG_KERNEL:-$(find /lib/modules -maxdepth 2 -path '*/6.1.*-amd64/build' \
	! -path '*-rt-*' ! -path '*-cloud-*' -printf '%h\n' |
	sed 's|.*/||' | sort -V | tail -n 1)}
[ -n "$kernel" ] || skip_all "no kernel headers: selftests/deps.sh build"

root=$(mktemp -d)
defer rm -rf "$root"
# DKMS makes a key to sign with where it always looks for one.
[ -e /var/lib/dkms/mok.key ] || defer rm -f /var/lib/dkms/mok.key /var/lib/dkms/mok.pub
version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$repo/dkms.conf")

# DKMS looks below the tree it installs to for the kernel's headers.
mkdir -p "$root/dkms" "$root/src" "$root/modules/$kernel"
ln -s "/lib/modules/$kernel/build" "$root/modules/$kernel/build"

target()
{
	make -s --no-print-directory -C "$repo" "$1" DKMS_ROOT="$root" DKMS_KERNEL="$kernel"
}

status()
{
	dkms status -m naawg --dkmstree "$root/dkms" --sourcetree "$root/src" \
		--installtree "$root/modules"
}

# The modules that modprobe would load for alias $1, with the kernel's own modules at hand.
# Options of modprobe may follow.
resolved()
{
	modprobe -d "$root/farm" -S "$kernel" "${@:2}" --show-depends "$1" 2>&1
}

if ! check "make dkms-install" target dkms-install; then
	log=$root/dkms/naawg/$version/build/make.log
	[ ! -r "$log" ] || diag "$(tail -n 30 "$log")"
	finish
fi
check "DKMS reports the module as installed" matches "$(status)" "naawg/$version, $kernel, .*: installed"
module=$(find "$root/modules/$kernel/updates/dkms" -name 'naawg.ko*' 2>/dev/null)
check "the module is in the directory for updates" differs "$module" ""
check "the version is that of dkms.conf" same "$(modinfo -F version "$module")" "$version"
check "the module is for this kernel" same "$(modinfo -F vermagic "$module" | cut -d' ' -f1)" "$kernel"
depends=$(modinfo -F depends "$module")
for needed in udp_tunnel ip6_udp_tunnel libchacha20poly1305 libcurve25519 nf_nat; do
	check "the module depends on $needed" matches ",$depends," ",$needed(-generic)?,"
done

second=${module%.ko*}_wireguard.ko${module##*.ko}
check "the module with the stock driver's names is installed beside it" same \
	"$(modinfo -F version "$second")" "$version"
check "that one depends on naawg" same "$(modinfo -F depends "$second")" naawg
check "that one has no alias" same "$(modinfo -F alias "$second")" ""

mkdir -p "$root/farm/lib/modules"
cp -as "$(readlink -f "/lib/modules/$kernel")" "$root/farm/lib/modules/"
rm -rf "$root/farm/lib/modules/$kernel/updates"
rm -f "$root/farm/lib/modules/$kernel"/modules.*
cp "/lib/modules/$kernel"/modules.{order,builtin,builtin.modinfo} \
	"$root/farm/lib/modules/$kernel/"
cp -r "$root/modules/$kernel/updates" "$root/farm/lib/modules/$kernel/"
check "depmod accepts the module" depmod -b "$root/farm" "$kernel"
for alias in rtnl-link-naawg net-pf-16-proto-16-family-naawg; do
	check "$alias loads the module" matches "$(resolved "$alias")" "updates/dkms/naawg\.ko"
done
mkdir "$root/conf"
cp "$repo/tools/packaging/naawg-as-wireguard.conf" "$root/conf/"
for alias in rtnl-link-wireguard net-pf-16-proto-16-family-wireguard; do
	check "$alias loads the stock driver" matches "$(resolved $alias)" \
		"kernel/drivers/net/wireguard/wireguard\.ko"
	check "$alias tries naawg first, with naawg-as-wireguard.conf" matches \
		"$(resolved $alias -C "$root/conf")" "install /sbin/modprobe -q naawg_wireguard \|\|"
done
check "naawg_wireguard loads naawg before" matches "$(resolved naawg_wireguard)" \
	"updates/dkms/naawg\.ko.*updates/dkms/naawg_wireguard\.ko"

for file in "$module" "$second"; do
	check "DKMS signed ${file##*/}" same "$(modinfo -F signer "$file")" \
		"DKMS module signing key"
done
# The guest's root may be that of a container, which this is not.
said=$("$selftests/vm/boot.sh" -k "$kernel" -c 1 -t 250 -M "$module" -M "$second" \
	-a module.sig_enforce=1 -- bash -c '
	rm -f /.dockerenv /run/.containerenv /run/systemd/container
	lsmod | grep -q ^overlay && echo kernel loads modules of its own
	modprobe naawg; tools/naawg show wg0
	cp tools/packaging/naawg-as-wireguard.conf /etc/modprobe.d/
	ip link add wg0 type wireguard && ls -d /sys/module/wireguard
	tools/naawg version' 2>&1)
check "a kernel that insists on signatures loads its own modules" matches "$said" "kernel loads modules"
check "a kernel that insists on signatures refuses this module" matches "$said" "Key was rejected by service"
check "the tool prints the reason and the remedy" matches "$said" \
	"does not trust its signature.*mokutil --import /var/lib/dkms/mok.pub"
check "with naawg-as-wireguard.conf it uses the stock driver for links of kind wireguard" \
	matches "$said" "/sys/module/wireguard"
check "the tool says that the stock driver serves them" matches "$said" \
	"wireguard links: served by the stock driver"

check "make dkms-remove works" target dkms-remove
check "DKMS has forgotten the module" same "$(status)" ""
check "nothing is left" same \
	"$(find "$root/modules" "$root/src" "$root/dkms" -name '*naawg*')" ""
finish
