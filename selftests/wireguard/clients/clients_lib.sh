# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154
#
# Network managers that are not installed on this machine: they run in a Debian 12 of their
# own, which long/clients.sh makes. clients_root prints its directory.

# shellcheck source=selftests/wireguard/space_lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../space_lib.sh"
# shellcheck source=selftests/wireguard/clients/root_lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/root_lib.sh"

ROOT=$kernel_cache/$CLIENTS_ROOT
[ -d "$ROOT" ] || skip_all "there is no Debian with the clients: long/clients.sh makes it"

# version PACKAGE: a line of the report
version()
{
	diag "$1 $(chroot "$ROOT" dpkg-query -W -f '${Version}' "$1")"
}

# begin: a fresh root, with the private key of a in a file
begin()
{
	space "$ROOT"
	inside install -d -m 700 /etc/keys
	file 600 root /etc/keys/a.key <"$TMP/a.key"
}
