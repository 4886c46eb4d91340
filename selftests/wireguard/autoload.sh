#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 600
#
# The kernel loads a driver for links of kind wireguard by itself. With naawg-as-wireguard.conf
# that is naawg, or the stock driver if naawg is missing or refuses. Requests come from the
# kernel, and its modprobe finds a copy of the modules of which some are removed.

# shellcheck source=selftests/wireguard/wireguard_lib.sh
. "$(dirname "$0")/wireguard_lib.sh"
need_ours
need_stock
need_tool depmod insmod unshare setpriv make
release=$(uname -r)
modules=/lib/modules/$release
block=/run/modprobe.d/00-naawg-upgrade.conf
[ ! -e /proc/sys/kernel/unprivileged_userns_clone ] ||
	sysctl -qw kernel.unprivileged_userns_clone=1

# --- the modules that modprobe finds ---------------------------------------------

# Copies only what the three modules need, because depmod takes long for all of a kernel.
few_modules()
{
	local file

	mkdir -p "$TMP/all" "$TMP/root/lib/modules/$release"
	cp "$modules"/modules.{order,builtin,builtin.modinfo} "$TMP/all/"
	for file in $(modprobe -a --show-depends naawg naawg_wireguard wireguard |
		awk '$1 == "insmod" { print $2 }' | sort -u); do
		cp "$file" "$TMP/all/"
	done
	mount --bind "$TMP/root/lib/modules/$release" "$modules"
}

# only NAME...: of naawg, naawg_wireguard and wireguard, modprobe finds these
only()
{
	local name

	find "$modules" -mindepth 1 -delete
	cp "$TMP"/all/* "$modules/"
	for name in naawg naawg_wireguard wireguard; do
		[[ " $* " == *" $name "* ]] || rm "$modules/$name".ko*
	done
	depmod -b "$TMP/root" "$release"
}

# --- the modules that are loaded ---------------------------------------------------

nothing_loaded()
{
	local module

	for module in naawg_wireguard naawg wireguard; do
		wait_for 30 eval '[ ! -d /sys/module/'$module' ] || rmmod '$module
	done
}

# serving: the module that has the names
serving()
{
	local module

	for module in naawg_wireguard wireguard; do
		[ ! -d "/sys/module/$module" ] || echo "$module"
	done
}

# The words of the tool for each module.
declare -A SERVED=([naawg_wireguard]="served by naawg" [wireguard]="served by the stock driver")

# first_link WANTED: the first link loads this module, and is made
first_link()
{
	nothing_loaded
	contains "$("$WG" version)" "wireguard links: nobody serves them yet"
	ip link add aw0 type wireguard
	same "$(serving)" "$1"
	ip -d link show aw0 | grep -w wireguard
	wg show aw0 listen-port
	contains "$("$WG" version)" "wireguard links: ${SERVED[$1]}"
	ip link del aw0
}

# first_link_of WANTED NAME...: the same, if modprobe finds these
first_link_of()
{
	only "${@:2}"
	first_link "$1"
}

no_driver()
{
	only naawg
	nothing_loaded
	refuses timeout 60 ip link add aw0 type wireguard
	refuses timeout 60 wg show aw0
	same "$(serving)" ""
}

# The names of the stock driver are asked for in three other ways.
by_family()
{
	nothing_loaded
	refuses wg show aw0
	same "$(serving)" naawg_wireguard
}

by_module()
{
	nothing_loaded
	modprobe wireguard
	same "$(serving)" naawg_wireguard
	modprobe wireguard
	same "$(serving)" naawg_wireguard
}

# unprivileged COMMAND...: in a user namespace of somebody without privileges, who is root there
unprivileged()
{
	setpriv --reuid 65534 --regid 65534 --clear-groups unshare -Urn "$@"
}

by_nobody()
{
	nothing_loaded
	unprivileged ip link add aw0 type wireguard
	same "$(serving)" naawg_wireguard
	nothing_loaded
	refuses unprivileged wg show aw0
	same "$(serving)" naawg_wireguard
}

at_once()
{
	local n pids=()

	nothing_loaded
	for ((n = 0; n < 20; n++)); do
		unshare -n ip link add aw0 type wireguard &
		pids+=($!)
	done
	for n in "${pids[@]}"; do
		wait "$n"
	done
	same "$(serving)" naawg_wireguard
}

# --- one driver is in the other's way ----------------------------------------------

stock_first()
{
	nothing_loaded
	modprobe -i wireguard
	ip link add aw0 type wireguard
	refuses modprobe naawg_wireguard
	dmesg | tail -n 20 | grep "naawg_wireguard: the stock driver has the names"
	same "$(serving)" wireguard
	wg show aw0 listen-port
	ip link del aw0
	# It has left no name behind.
	first_link naawg_wireguard
}

ours_first()
{
	nothing_loaded
	modprobe naawg_wireguard
	ip link add aw0 type wireguard
	# On older kernels, modprobe takes this refusal for a module that is loaded already.
	modprobe -i wireguard || :
	same "$(serving)" naawg_wireguard
	wg show aw0 listen-port
	ip link del aw0
	first_link naawg_wireguard
}

# After an upgrade the kernel runs the old naawg, and modprobe finds the new naawg_wireguard.
another_build()
{
	local version

	nothing_loaded
	version=$(modinfo -F version naawg)
	sed "s/${version//./\\.}/${version%?}x/g" "$modules"/naawg.ko >"$TMP/other.ko"
	modinfo -F depends naawg | tr , '\n' | xargs modprobe -a
	insmod "$TMP/other.ko"
	same "$(cat /sys/module/naawg/version)" "${version%?}x"
	contains "$(script_says installed)" "until naawg-upgrade or the next boot"
	ip link add aw0 type wireguard
	same "$(serving)" wireguard
	dmesg | tail -n 20 | grep "naawg_wireguard: the loaded naawg is another version"
	ip link del aw0
}

# While naawg-upgrade exchanges the modules, requests load none.
blocked()
{
	nothing_loaded
	mkdir -p "${block%/*}"
	printf 'install %s /bin/false\n' naawg naawg_wireguard wireguard >"$block"
	refuses ip link add aw0 type wireguard
	refuses wg show aw0
	same "$(serving)" ""
	[ ! -d /sys/module/naawg ]
	rm "$block"
	first_link naawg_wireguard
}

# --- the script of the package -----------------------------------------------------

script_says()
{
	"$repo/tools/packaging/who-serves" "$1"
}

told()
{
	only naawg wireguard
	nothing_loaded
	contains "$(script_says installed)" "there is no naawg_wireguard for the kernel $release"
	only naawg naawg_wireguard wireguard
	contains "$(script_says installed)" "the next link of kind wireguard loads naawg"
	contains "$(script_says removed)" "the stock driver serves links"
	modprobe -i wireguard
	contains "$(script_says installed)" "naawg-upgrade --adopt"
	nothing_loaded
	modprobe naawg_wireguard
	contains "$(script_says installed)" "naawg serves links of kind wireguard"
	contains "$(script_says removed)" "naawg-upgrade --release"
}

few_modules || bail "a copy of the modules can be made"
defer umount -l "$modules"
defer rm -f "$block" /etc/modprobe.d/naawg-as-wireguard.conf

test_case "without the file, the stock driver serves the first link" \
	first_link_of wireguard naawg naawg_wireguard wireguard
check "make install-as-wireguard installs the file" make -s -C "$repo" install-as-wireguard
test_case "with the file, naawg serves it" first_link naawg_wireguard
test_case "a request to the family loads naawg, too" by_family
test_case "modprobe wireguard loads naawg, and nothing when it is loaded" by_module
test_case "root of an unprivileged user namespace gets naawg" by_nobody
test_case "twenty first links at once get one driver" at_once
test_case "without naawg_wireguard, the stock driver serves" first_link_of wireguard naawg wireguard
test_case "without naawg, the stock driver serves" \
	first_link_of wireguard naawg_wireguard wireguard
test_case "without the stock driver, naawg serves" \
	first_link_of naawg_wireguard naawg naawg_wireguard
test_case "without either, requests fail and load nothing" no_driver
test_case "the package's script says who serves, and what to do" told
test_case "if the stock driver is loaded, naawg_wireguard refuses and says so" stock_first
test_case "if naawg is loaded, the stock driver refuses" ours_first
test_case "a naawg of another build is not used, and the log says so" another_build
test_case "during an upgrade no request loads a driver" blocked
check "make uninstall-as-wireguard removes the file" make -s -C "$repo" uninstall-as-wireguard
test_case "without the file, the stock driver serves again" first_link wireguard
finish
