#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 1200
#
# The role host, in a Debian 12 of its own: it installs packages of `make deb`, DKMS
# builds the module for a kernel of Debian, and the module of this guest's own kernel
# is loaded and replaced. Ansible enters the chroot by its connection for that.
#
# Two things are no real ones: mokutil is a stub, because no firmware is here, and the
# images of kernels are empty files.

. "$(dirname "$0")/../lib.sh"
# shellcheck source=selftests/kernels/kernel.sh
. "$(dirname "$0")/../kernels/kernel.sh"
# shellcheck source=selftests/ansible/host_root.sh
. "$(dirname "$0")/host_root.sh"

[ -n "${NAAWG_VM:-}" ] || skip_all "only in a guest: it loads and unloads the module"
need_root
need_tool ansible-playbook unshare
for OTHER in "$selftests"/out/uml-*-NAAWG_DEBUG/module/naawg.ko ''; do
	[ "$(modinfo -F vermagic "$OTHER" 2>/dev/null | cut -d' ' -f1)" != "$(uname -r)" ] ||
		break
done
[ -n "$OTHER" ] || skip_all "there is no other module for this kernel: long/ansible_host.sh makes it"
[ -d "$kernel_cache/bookworm-ansible" ] ||
	skip_all "there is no Debian 12 for it: long/ansible_host.sh makes it"
compgen -G "$HOST_DEBS/naawg-dkms_*.deb" >/dev/null ||
	skip_all "there are no packages: long/ansible_host.sh makes them"

TMP=$(mktemp -d)
defer rm -rf "$TMP"
RELEASE=$(uname -r)
ROOT=$TMP/root
mkdir -p "$TMP"/{layer,root,collections/ansible_collections/naawg}
mount -t tmpfs -o mode=755 none "$TMP/layer" || bail "there is memory for a chroot"
mkdir "$TMP"/layer/{upper,work}
mount -t overlay -o "lowerdir=$(host_root),upperdir=$TMP/layer/upper,workdir=$TMP/layer/work" \
	overlay "$ROOT" || bail "a chroot can be made"
defer umount -l "$TMP/layer"
defer umount -l "$ROOT"
mount -t proc proc "$ROOT/proc"
mount -t sysfs sys "$ROOT/sys"
mount -t devtmpfs dev "$ROOT/dev"
mount -t tmpfs -o mode=755 none "$ROOT/run"
for dir in proc sys dev run; do
	defer umount -l "$ROOT/$dir"
done
DEBIAN=$(basename "$ROOT"/lib/modules/6.1.*)

# --- Ansible -------------------------------------------------------------------

ln -s "$repo/tools/ansible" "$TMP/collections/ansible_collections/naawg/naawg"
export ANSIBLE_COLLECTIONS_PATH=$TMP/collections:/usr/lib/python3/dist-packages
export ANSIBLE_LOCAL_TEMP=$TMP/ansible ANSIBLE_NOCOWS=1 ANSIBLE_RETRY_FILES_ENABLED=0
export ANSIBLE_LOCALHOST_WARNING=0 ANSIBLE_STDOUT_CALLBACK=default LC_ALL=C.UTF-8
export ANSIBLE_PIPELINING=1
mkdir "$TMP/debs"
cp "$HOST_DEBS"/*.deb "$TMP/debs/"
cat >"$TMP/hosts.yml" <<-HOSTS
	all:
	  hosts:
	    pve:
	      ansible_host: $ROOT
	      ansible_connection: community.general.chroot
	      ansible_python_interpreter: /usr/bin/python3
	      naawg_debs_dir: $TMP/debs
HOSTS
cat >"$TMP/site.yml" <<-'SITE'
	- hosts: all
	  gather_facts: false
	  roles:
	    - naawg.naawg.host
SITE

# role [ARGUMENT...]: run the role; the output is in $TMP/said
role()
{
	local rc=0

	ansible-playbook -i "$TMP/hosts.yml" "$TMP/site.yml" "$@" >"$TMP/said" 2>&1 || rc=$?
	cat "$TMP/said"
	return "$rc"
}

# recap PATTERN: the counters of the last run
recap()
{
	matches "$(grep -E '^pve +: ok=' "$TMP/said")" "$1"
}

# says PATTERN: the last run printed this; line breaks count as spaces
says()
{
	matches "$(sed 's/\\n/ /g' "$TMP/said" | tr -s '\n ' ' ')" "$1"
}

inside()
{
	chroot "$ROOT" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 "$@"
}

# stub FILE: an executable in the chroot
stub()
{
	cat >"$ROOT/$1"
	chmod 755 "$ROOT/$1"
}

# module FILE: it becomes the installed one of the running kernel, with its naawg_wireguard.ko
module()
{
	mkdir -p "$ROOT/lib/modules/$RELEASE/updates/dkms"
	cp "$1" "${1%.ko}_wireguard.ko" "$ROOT/lib/modules/$RELEASE/updates/dkms/"
	inside depmod "$RELEASE"
}

loaded()
{
	cat /sys/module/naawg/version
}

# --- before anything is installed ------------------------------------------------

prepare()
{
	cp -r "/lib/modules/$RELEASE" "$ROOT/lib/modules/"
	rm -f "$ROOT/lib/modules/$RELEASE/updates"/naawg{,_wireguard}.ko
	mv "$TMP"/debs/naawg-as-wireguard_*.deb "$TMP/"
	module "$(modinfo -n naawg)"
	touch "$ROOT/boot/vmlinuz-$DEBIAN"
	# The guest has no network. These lists are as fresh as they get.
	mkdir -p "$ROOT/var/lib/apt/periodic"
	touch "$ROOT/var/lib/apt/periodic/update-success-stamp" "$ROOT/var/lib/apt/lists"
	rmmod naawg
}
test_case "a chroot of Debian 12 stands for the host" prepare

container()
{
	touch "$ROOT/.dockerenv"
	refuses role
	rm "$ROOT/.dockerenv"
	says 'pve is a container \(.*docker\), which has no kernel of its own'
	says 'the role tunnel here'
	recap 'changed=0 '
}
test_case "a container is refused, and told the other role" container

no_drop_in()
{
	refuses role -e naawg_as_wireguard_enabled=true
	says 'naawg_as_wireguard_enabled: false'
	recap 'changed=0 '
}
test_case "the drop-in is refused as its package is missing" no_drop_in

two_versions()
{
	touch "$TMP/debs/naawg-dkms_0.0.1_all.deb"
	refuses role
	rm "$TMP/debs/naawg-dkms_0.0.1_all.deb"
	says "naawg-dkms_\*_all.deb, and $TMP/debs has 2"
	recap 'changed=0 '
}
test_case "two files of one package are refused" two_versions

wrong_type()
{
	refuses role -e '{"naawg_kernels_ignored": {"a": 1}}'
	says "naawg_kernels_ignored.*list"
}
test_case "an option of a wrong type is refused by name" wrong_type

planned()
{
	role --check --diff
	recap 'changed=[1-9]'
	refuses inside dpkg-query -W naawg-dkms
	[ ! -e "$ROOT/var/cache/naawg" ]
}
test_case "check mode says that packages would be installed, and installs none" planned

# --- installed ---------------------------------------------------------------------

installs()
{
	role
	inside modinfo -k "$DEBIAN" -F version naawg
	same "$(loaded)" "$(inside modinfo -F version naawg)"
	says "pve runs naawg $(loaded), which is the installed one"
}
test_case "the role installs the packages, DKMS builds, and the module is loaded" installs

again()
{
	role
	recap 'changed=0 .*failed=0'
	role --check --diff
	recap 'changed=0 .*failed=0'
}
test_case "another run changes nothing, and check mode says so" again

with_drop_in()
{
	mv "$TMP"/naawg-as-wireguard_*.deb "$TMP/debs/"
	role --check -e naawg_as_wireguard_enabled=true
	recap 'changed=[1-9]'
	[ ! -e "$ROOT/usr/lib/modprobe.d/naawg-as-wireguard.conf" ]
	role -e naawg_as_wireguard_enabled=true
	recap 'changed=[1-9].*failed=0'
	inside modprobe -c | grep '^install wireguard /sbin/modprobe -q naawg_wireguard'
	says 'the next link of kind wireguard loads naawg'
	role -e naawg_as_wireguard_enabled=true
	recap 'changed=0 .*failed=0'
}
test_case "the drop-in is installed, and the role says which driver serves" with_drop_in

# --- kernels -----------------------------------------------------------------------

named()
{
	mkdir "$ROOT/lib/modules/6.1.0-99-amd64"
	touch "$ROOT/boot/vmlinuz-6.1.0-99-amd64"
	refuses role
	says 'The kernel 6.1.0-99-amd64 of pve has no module naawg'
	says 'apt-get install linux-headers-6.1.0-99-amd64 && dkms install naawg/[0-9.]+ -k 6.1.0-99-amd64'
	says 'apt-get purge linux-image-6.1.0-99-amd64'
	lacks "$(cat "$TMP/said")" "The kernel $DEBIAN"
}
test_case "a kernel without a module is named, with the command that mends it" named

unbuildable()
{
	mkdir -p "$ROOT/lib/modules/6.1.0-99-amd64/build/include"
	refuses role
	says 'The kernel 6.1.0-99-amd64 of pve has no module naawg'
	says 'DKMS said: .*make.log'
}
test_case "if DKMS cannot build, its message is printed" unbuildable

ignored()
{
	role -e '{"naawg_kernels_ignored": ["6.1.0-99-amd64"]}'
	recap 'changed=0 .*failed=0'
	rm -r "$ROOT"/lib/modules/6.1.0-99-amd64 "$ROOT"/boot/vmlinuz-6.1.0-99-amd64
}
test_case "such a kernel can be ignored" ignored

rebuilt()
{
	local version

	version=$(inside dkms status -m naawg | sed -E 's|^naawg/([^,:]+).*|\1|')
	inside dkms uninstall "naawg/$version" -k "$DEBIAN"
	role --check
	says "DKMS would build the module for the kernel $DEBIAN"
	recap 'changed=1 '
	refuses inside modinfo -k "$DEBIAN" naawg
	role
	recap 'changed=1 '
	inside modinfo -k "$DEBIAN" naawg
}
test_case "the role lets DKMS build a missing module" rebuilt

# --- Secure Boot, by a stub of mokutil ---------------------------------------------

# stub_says STATE KEY: what the stub of mokutil prints
stub_says()
{
	stub usr/bin/mokutil <<-STUB
		#!/bin/sh
		case \$1 in
		--sb-state) printf '%b\n' '$1' ;;
		--test-key) echo "\$2 $2" ;;
		*) touch /enrolled; exit 1 ;;
		esac
	STUB
}

sb_off()
{
	stub_says 'SecureBoot disabled' 'is not enrolled'
	role
	recap 'changed=0 .*failed=0'
	stub_says 'SecureBoot enabled\nSecureBoot validation is disabled in shim' 'is not enrolled'
	role
	recap 'changed=0 .*failed=0'
}
test_case "stub: without Secure Boot no key is asked for" sb_off

sb_unknown_key()
{
	stub_says 'SecureBoot enabled' 'is not enrolled'
	refuses role
	says 'Secure Boot is on at pve.* does not trust the key /var/lib/dkms/mok.pub'
	says 'mokutil --import /var/lib/dkms/mok.pub .*, then reboot'
	[ ! -e "$ROOT/enrolled" ]
}
test_case "stub: a key that is not enrolled fails, with the two commands" sb_unknown_key

sb_waits()
{
	stub_says 'SecureBoot enabled' 'is already in the enrollment request'
	refuses role
	says 'The enrollment of the key has begun. Run: reboot'
}
test_case "stub: a key whose enrollment waits needs a reboot" sb_waits

sb_enrolled()
{
	stub_says 'SecureBoot enabled' 'is already enrolled'
	role -e naawg_mok_certificate=/var/lib/dkms/mok.pub
	recap 'changed=0 .*failed=0'
	rm "$ROOT/usr/bin/mokutil"
}
test_case "stub: an enrolled key passes" sb_enrolled

# --- upgrade -----------------------------------------------------------------------

waits()
{
	before=$(loaded)
	inside /usr/lib/naawg-dkms/keep-running
	module "$OTHER"
	differs "$(inside modinfo -F version naawg)" "$before"
	role
	recap 'changed=0 .*failed=0'
	says "pve runs naawg $before, and another one is installed"
	says 'naawg_upgrade_enabled: true'
	same "$(loaded)" "$before"
}
test_case "a newer module that waits is reported, and not loaded" waits

replaced()
{
	local wanted

	wanted=$(inside modinfo -F version naawg)
	inside ip link add kept type naawg
	role --check -e naawg_upgrade_enabled=true
	recap 'changed=1 '
	differs "$(loaded)" "$wanted"
	role -e naawg_upgrade_enabled=true
	recap 'changed=1 .*failed=0'
	same "$(loaded)" "$wanted"
	ip link show kept
	role -e naawg_upgrade_enabled=true
	recap 'changed=0 .*failed=0'
	ip link del kept
}
test_case "with naawg_upgrade_enabled the running module is replaced, and links survive" replaced

# The guest's own module comes back.
restore_module()
{
	rmmod naawg
	modprobe naawg
}
test_case "the module can be unloaded" restore_module
finish
