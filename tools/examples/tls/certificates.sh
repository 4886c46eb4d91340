#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# certificates.sh [--again] NAME...: makes, in the current directory, a CA, a certificate for
# a services host that has these names and addresses, and one for its client, a web host.
# --again keeps the CA and replaces the other two.

set -eu
umask 077

again=
[ "${1:-}" != --again ] || { again=1; shift; }
[ $# -gt 0 ] || { sed -n '4,6s/^# \?//p' "$0" >&2; exit 2; }

if [ -n "$again" ]; then
	[ -r ca.key ] || { echo "certificates.sh: no ca.key here" >&2; exit 1; }
elif [ -e ca.key ] || [ -e services.key ] || [ -e web.key ]; then
	echo "certificates.sh: there are keys here already; --again replaces all but the CA" >&2
	exit 1
fi

names=
for name; do
	case $name in
	*[!A-Za-z0-9.:_-]*) echo "certificates.sh: $name is no name" >&2; exit 2 ;;
	*:*) names=$names,IP:$name ;;
	*[!0-9.]*) names=$names,DNS:$name ;;
	*) names=$names,IP:$name ;;
	esac
done

# key FILE
key()
{
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1" 2>/dev/null
}

# certificate HOST USAGE NAMES
certificate()
{
	key "$1.key"
	openssl req -new -key "$1.key" -subj "/CN=$1" -out "$1.csr"
	{
		echo basicConstraints=critical,CA:false
		echo keyUsage=critical,digitalSignature
		echo "extendedKeyUsage=$2"
		echo "subjectAltName=$3"
	} >"$1.ext"
	openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days 397 \
		-extfile "$1.ext" -out "$1.crt" 2>/dev/null
	rm "$1.csr" "$1.ext"
}

if [ -z "$again" ]; then
	key ca.key
	openssl req -new -x509 -key ca.key -days 3650 -subj /CN=services-CA -out ca.crt \
		-addext keyUsage=critical,keyCertSign,cRLSign
fi
certificate services serverAuth "${names#,}"
certificate web clientAuth DNS:web
# HAProxy reads the certificate and the key from one file.
cat services.crt services.key >services.pem
echo "services host: ca.crt services.crt services.key services.pem; web host: ca.crt web.crt web.key"
