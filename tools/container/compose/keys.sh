#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# keys.sh END...: the keys of these ends of the tunnel, `services' or `web', below
# secrets/, and with `preshared' the key that is the same for both. A key that is
# there already is left alone. Passwords of the database come with `services'.
#
# A private key stays where it was made; the other end needs END_public_key.

set -eu
umask 077

cd "$(dirname "$0")"
mkdir -p secrets
chmod 700 secrets

# The tool of this host, or that of the image.
tool()
{
	if command -v naawg >/dev/null; then
		naawg "$@"
	else
		docker run --rm -i --network none --entrypoint naawg "${NAAWG_IMAGE:-naawg}" "$@"
	fi
}

# Root of a container without capabilities cannot read files of another user. So a user
# other than root makes them readable, and only the directory keeps other users out.
readable=400
[ "$(id -u)" = 0 ] || readable=444

# keep NAME COMMAND...: writes the output of the command to a file, atomically
keep()
{
	name=secrets/$1
	shift
	if [ -s "$name" ]; then
		echo "$name is there already"
		return
	fi
	"$@" >"$name.new"
	chmod $readable "$name.new"
	mv "$name.new" "$name"
	echo "$name made"
}

password()
{
	tool genkey | tr -d '/+=\n'
}

public_of()
{
	tool pubkey <"secrets/$1_private_key"
}

# pair END: its private key and its public key
pair()
{
	[ -s "secrets/$1_private_key" ] || rm -f "secrets/$1_public_key"
	keep "$1_private_key" tool genkey
	keep "$1_public_key" public_of "$1"
}

[ $# -gt 0 ] || set -- services web preshared
for end; do
	case $end in
	services | web)
		pair "$end"
		;;
	preshared)
		keep preshared_key tool genpsk
		;;
	*)
		echo "usage: keys.sh [services] [web] [preshared]" >&2
		exit 2
		;;
	esac
	if [ "$end" = services ]; then
		keep db_root_password password
		keep db_password password
	fi
done
