# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
#
# Shared by the benchmarks: $repo is the checkout.

# about KERNEL "NAME": VALUE...: the facts about a run, as JSON
about()
{
	local changed=

	git -C "$repo" diff --quiet HEAD -- module 2>/dev/null || changed=+
	printf '{"date": "%s", "commit": "%s", "machine": "%s", "kernel": "%s", ' \
		"$(date -u +%Y-%m-%dT%H:%MZ)" \
		"$(git -C "$repo" rev-parse --short HEAD 2>/dev/null)$changed" \
		"$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" \
		"$(basename "$1")"
	printf '%s, ' "${@:2}"
	printf '"load": "%s"}\n' "$(cut -d' ' -f1-3 /proc/loadavg)"
}
