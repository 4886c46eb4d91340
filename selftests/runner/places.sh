# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
#
# Where `make check` and `make check-quick` run each directory of tests. Only this table
# says so: run.sh takes its tests from it, `run.sh list` prints it, and static/places.sh
# compares docs/testing.md with it. A line has a directory, a place, and tests without
# .sh; * stands for all tests of the directory that have no place yet. The places:
#
#	6.1	Debian's 6.1 under QEMU, which emulates if there is no KVM: tests that
#		depend on this kernel, and those that reach most of compat/
#	instrumented	User-Mode Linux with uml/quick.config, which watches memory, locks and
#		references: the tests that reach most code
#	uml	User-Mode Linux with uml/test.config, at native speed
#	quick	the tests of check-quick, which runs them in uml
#	else	in words, where a directory runs that needs no guest or another one
#
# check-long runs every test of 6.1, instrumented and uml on 6.1, with two processors, and all
# of long/.
places='
ansible uml    *
ansible else   its tests in Python here, check-quick as well; all others in `make check-long`
apps uml       *
batch 6.1      chains forward no_chains paths streams tx_bursts whole
batch instrumented  chains chains_onward forward identical paths stock streams tx_bursts
batch instrumented  tx_fallbacks whole
batch uml      *
batch quick    chains forward paths streams whole
bugs else      `uml/sanitized.sh`, which has to notice each of them
debug 6.1      *
diag uml       *
dkms else      here, with the headers of 6.1
docker else    `make check-long`, in UML with `uml/docker.config`
faults else    `make check-long`, in UML with `uml/sanitize.config`
fuzz else      here, 5 s for each target; check-quick tries known inputs only
hostile uml    *
kernels else   here; 6.12 and 7 under QEMU
kunit instrumented  *
long else      `make check-long`
model else     here; check-quick as well; with larger bounds in `make check-long`
monitoring else its tests in Python here, check-quick as well; the servers in `make check-long`
lxc 6.1        *
metrics uml    *
metrics else   `format.py`, `page.py` and `server.py` here; check-quick as well
nat 6.1        absent coexist paths rules
nat instrumented    paths rules
nat uml        *
nat quick      paths rules
net 6.1        basic debug_log icmp interop mtu nested netpoll teardown userns
net instrumented    basic keys monitor teardown
net uml        *
net quick      allowedips basic down_up keys roam
nl 6.1         fuzz input set_get
nl instrumented     events fuzz fuzz_userns input set_get
nl uml         *
nl quick       fuzz input set_get
packages else  here, in a Debian 12 of its own
quick 6.1      dns quick
quick uml      *
secrets 6.1    *
static else    here; check-quick as well
systemd else   6.1 under QEMU, with systemd as the first process
tool 6.1       loaded_module
tool uml       *
tool quick     same_as_wg
tool else      `config.py`, `explain.py` and `offline.py` here; check-quick as well
uml else       `sanitized.sh` runs the tests of the column "instrumented"
unit else      here; check-quick as well
upgrade else   `make check-long`, on 6.1 and in UML
wireguard instrumented  fuzz fuzz_userns race
wireguard uml  *
wireguard else `clients/` in `make check-long`
wire 6.1       data
wire instrumented   data handshake hostile
wire uml       *
'

# in_place PLACE - the tests of a guest that run there, one a line
in_place()
{
	{
		listed vm
		listed sanitize
	} | awk -v place="$1" '
	NR == FNR {
		for (n = 3; n <= NF; n++) {
			if ($n == "*")
				others[$1] = $2
			else if ($2 != "quick")
				named[$1 "/" $n] = 1
			if ($2 == place)
				wanted[$1 "/" $n] = 1
		}
		next
	}
	{
		test = $0
		sub(/\.sh$/, "", test)
		split(test, parts, "/")
		if (test in wanted || (others[parts[1]] == place && !(test in named)))
			print
	}' <(printf '%s' "$places") -
}

# list_tests - every test of a guest, and its places
list_tests()
{
	local place

	for place in 6.1 instrumented uml quick; do
		in_place "$place" | sed "s/\$/ $place/"
	done | awk '{ places[$1] = places[$1] " " $2 }
		END { for (test in places) print test ":" places[test] }' | sort
}

# list_directories - the same for each directory, as the table of docs/testing.md
list_directories()
{
	printf '%s\n' '| directory | on 6.1 | instrumented | in UML | check-quick | elsewhere |' \
		'|---|---|---|---|---|---|'
	awk '
	NF == 0 { next }
	!($1 in seen) { dirs[++count] = $1; seen[$1] = 1 }
	$2 == "else" {
		text = $0
		sub(/^[^ ]+ +else +/, "", text)
		cell[$1, "else"] = text
		next
	}
	{
		cell[$1, $2] = $3 == "*" ? "*" : "some"
		if ($2 != "quick" && $3 != "*")
			parted[$1] = 1
	}
	END {
		split("6.1 instrumented uml quick else", columns, " ")
		for (n = 1; n <= count; n++) {
			line = "| `" dirs[n] "/` |"
			for (i = 1; i <= 5; i++) {
				word = cell[dirs[n], columns[i]]
				if (word == "*")
					word = dirs[n] in parted ? "the others" : "all"
				line = line (word == "" ? "" : " " word) " |"
			}
			print line
		}
	}' <<<"$places"
}
