#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Install what the groups named on the command line need, from the machine's
# own apt sources. Installed packages are left alone, so that a second run needs
# neither network nor root.

set -u

usage="usage: deps.sh GROUP...   (build tools vm demo unit fuzz static net dkms uml
	kernels cross analysis packages lxc docker ansible monitoring compare browser, or all)"

packages()
{
	case $1 in
	build) echo make gcc libc6-dev kmod linux-headers-amd64 libelf-dev ;;
	tools) echo make gcc libc6-dev pkg-config libmnl-dev libsodium-dev ;;
	vm) echo qemu-system-x86 busybox-static kmod linux-image-amd64 xz-utils zstd ;;
	demo) echo iproute2 iputils-ping wireguard-tools tcpdump ncat procps \
		conntrack mariadb-server redis-server python3 python3-pymysql ;;
	unit) echo libsodium-dev make gcc libc6-dev python3 python3-cryptography \
		python3-cryptography-vectors golang-github-flynn-noise-dev ;;
	fuzz) echo make clang-14 llvm-14 libclang-rt-14-dev libsodium-dev \
		libmnl-dev ;;
	static) echo shellcheck sparse perl binutils xz-utils \
		linux-source-6.1 python3 python3-yaml python3-jsonschema mandoc ;;
	net) echo iproute2 iputils-ping wireguard-tools wireguard-go tcpdump \
		nftables iptables conntrack socat ncat iperf3 ethtool \
		python3 procps psmisc tmux zsh fish python3-jsonschema \
		mariadb-server redis-server \
		python3-pymysql curl openssl gunicorn python3-flask qrencode zbar-tools systemd dbus-daemon \
		dbus-system-bus-common ;;
	dkms) echo dkms pahole ;;
	uml) echo make gcc libc6-dev flex bison bc xz-utils python3 kmod \
		busybox-static util-linux ;;
	kernels) echo kmod make gcc libelf-dev xz-utils zstd pahole mmdebstrap \
		debian-archive-keyring util-linux ;;
	lxc) echo lxc apparmor mmdebstrap uidmap e2fsprogs python3 ;;
	analysis) echo coccinelle clang-14 linux-source-6.1 linux-headers-amd64 ;;
	docker) echo mmdebstrap debian-archive-keyring iptables debhelper dh-dkms \
		dpkg-dev fakeroot pkg-config libmnl-dev libsodium-dev ;;
	ansible) echo ansible ansible-lint yamllint python3-nacl python3-netaddr \
		python3-proxmoxer python3-pynetbox python3-jsonschema openssl \
		openssh-server openssh-client mmdebstrap \
		debian-archive-keyring ;;
	monitoring) echo jq python3 python3-yaml python3-jsonschema mmdebstrap ;;
	compare) echo autossh curl gunicorn python3-flask openssh-server openssh-client \
		openssl mariadb-server mariadb-client redis-server redis-tools \
		wireguard-go nftables tcpdump ;;
	browser) echo chromium fonts-dejavu-core python3 make gcc libc6-dev libmnl-dev libsodium-dev ;;
	cross) echo gcc-aarch64-linux-gnu ;;
	packages) echo debhelper dh-dkms dpkg-dev fakeroot lintian mmdebstrap \
		debian-archive-keyring libmnl-dev libsodium-dev pkg-config git gnupg \
		faketime python3-yaml rpm rpmlint makepkg pacman-package-manager \
		libarchive-tools skopeo ;;
	*)
		echo "deps.sh: no group $1" >&2
		echo "$usage" >&2
		exit 2
		;;
	esac
}

# Packages that would change this machine: kept in the cache, for the guest to
# unpack. Without one, the tests that need it are skipped.
fetched()
{
	case $1 in
	net) echo openresolv ;;
	vm) echo systemd-resolved ;;
	monitoring) echo prometheus prometheus-alertmanager prometheus-node-exporter ;;
	compare) echo nginx nginx-common haproxy liblua5.3-0 libopentracing-c-wrapper0 \
		libopentracing1 ;;
	esac
}

fetch()
{
	local cache=${NAAWG_CACHE:-/var/cache/naawg}/debs package group

	for group; do
		for package in $(fetched "$group"); do
			compgen -G "$cache/${package}_*.deb" >/dev/null && continue
			mkdir -p "$cache" && (cd "$cache" && apt-get download -q "$package") >&2
		done
	done
	return 0
}

[ $# -gt 0 ] || { echo "$usage" >&2; exit 2; }
[ "$*" != all ] || set -- build tools vm unit fuzz static net dkms uml kernels packages lxc docker ansible monitoring compare browser

wanted=()
for group; do
	for package in $(packages "$group" || echo :); do
		[ "$package" != : ] || exit 2
		dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null |
			grep -qx installed || wanted+=("$package")
	done
done
[ ${#wanted[@]} -gt 0 ] || { fetch "$@"; exit 0; }

if [ "$(id -u)" != 0 ]; then
	echo "deps.sh: as root, run: apt-get install ${wanted[*]}" >&2
	exit 1
fi

# Mirrors drop connections now and then; apt's own retries do not cover all.
again()
{
	local try

	for try in 1 2 3 4 5; do
		"$@" && return 0
		echo "deps.sh: try $try of '$*' failed" >&2
		sleep $((try * 3))
	done
	return 1
}

export DEBIAN_FRONTEND=noninteractive
options=(-q -y -o Acquire::Retries=5 -o Dpkg::Use-Pty=0
	-o DPkg::Lock::Timeout=300 --no-install-recommends)

echo "installing: ${wanted[*]}" >&2
# Some source that is down must not stop us as long as the rest answers.
again apt-get "${options[@]}" update >&2
fetch "$@"
again apt-get "${options[@]}" install "${wanted[@]}" >&2 && exit 0

# One package a mirror does not have must not cost all the others; what needs
# it says so when it runs.
missing=()
for package in "${wanted[@]}"; do
	apt-get "${options[@]}" install "$package" >&2 || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0
echo "deps.sh: could not install: ${missing[*]}" >&2
exit 1
