# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The users' web and services programs at both ends of a tunnel with one forward:
#
#	c: curl -> web.py 127.0.0.1:8000 -> 10.100.0.11:8001 ==tunnel== g -> 10.101.0.5:8001: api, services.py

# shellcheck source=selftests/nat/nat_lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../nat/nat_lib.sh"
APPS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
need_tool gunicorn curl
/usr/bin/python3 -c 'import flask' 2>/dev/null || skip_all "no python3-flask"

listening()
{
	at "$1" ss -Htln "sport = :$2" | grep -q LISTEN
}

# programs [TIMEOUT]: both run, and web.py waits so many seconds
programs()
{
	mkdir -p "$STORE" "$TMP/web"
	export STORE PYTHONDONTWRITEBYTECODE=1
	background api gunicorn -k gthread --threads 8 --chdir "$APPS" \
		-b 10.101.0.5:8001 services:app </dev/null >"$TMP/services.log" 2>&1
	export SERVICES=http://10.100.0.11:8001 CONNECT=2 TIMEOUT=${1:-60}
	background c "$APPS/without_disk" "$TMP/web" gunicorn -k gthread --threads 8 \
		--chdir "$APPS" -b 127.0.0.1:8000 web:app </dev/null >"$TMP/web.log" 2>&1
	wait_for 60 listening api 8001 && wait_for 60 listening c 8000
}

deployed()
{
	NO_SERVER=1
	gateway
	hosts api
	server api 5
	fw add 8001:tcp:10.101.0.5
}

# upload FILE NAME [CURL-OPTION...]: prints the answer and, behind it, the status
upload()
{
	at c curl -s -m 300 -w ' %{http_code}\n' "${@:3}" -T "$1" "http://127.0.0.1:8000/upload/$2"
}

# kept NAME: what the services host has under this name has this checksum
kept()
{
	sha256sum <"$STORE/$1" | cut -d' ' -f1
}

# Bytes that lie in the only places where web.py may write, files without a name included.
on_web_disk()
{
	local pid

	pid=$(pgrep -o -f 'gunicorn.* web:app')
	nsenter -t "$pid" -m df --output=used -B1 /tmp /var/tmp /dev/shm /run | awk 'NR > 1 { sum += $1 } END { print sum }'
}
