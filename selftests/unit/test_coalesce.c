// SPDX-License-Identifier: GPL-2.0
/* Joining packets, against a second writing of the kernel's rules. */
#include "core/coalesce.h"
#include "ref.h"
#include "shim_net.h"
#include "tap.h"
#include "try.h"

static u32 pick(u32 n)
{
	return n ? (tap_random() >> 16) % n : 0;
}

static void at_random(void)
{
	const char *failed;
	int i;

	for (i = 0; i < tap_rounds(40000); i++) {
		failed = try_join(pick);
		if (failed && tap_complaints++ < 5)
			printf("# %s\n", failed);
	}
	check(try_seen.joined > tap_rounds(50000) &&
	      try_seen.not_joined > tap_rounds(10000));
	check(try_seen.full > tap_rounds(100) &&
	      try_seen.fixed_id > tap_rounds(1000));
	check(try_seen.back > tap_rounds(5000) &&
	      try_seen.whole > tap_rounds(1000));
}

#define LEN	44

/* with room for the options a turned bit may promise */
static u8 first[60] __aligned(4), second[60] __aligned(4);

/* Two packets of four bytes that may join. */
static void two_packets(void)
{
	memset(first, 0, sizeof(first));
	first[0] = 0x45;
	first[3] = LEN;
	first[5] = 7;
	first[8] = 64;
	first[9] = 6;
	ref_put32(first + 24, 1000);
	first[32] = 0x50;
	first[33] = 0x10;
	memcpy(second, first, sizeof(first));
	second[5]++;
	ref_put32(second + 24, 1004);
}

static bool join(void)
{
	struct naawg_run run;

	ref_fix_ip_sum(first);
	ref_fix_ip_sum(second);
	return naawg_run_begin(&run, first, LEN) &&
	       naawg_run_join(&run, second, LEN);
}

/* Every bit of the second packet's headers, turned alone. */
static void every_bit(void)
{
	int bit;

	for (bit = 0; bit < 40 * 8; bit++) {
		int at = bit / 8, mask = 0x80 >> bit % 8;
		/* sums, PSH and FIN, and the pointer URG would make valid */
		bool may = at == 10 || at == 11 || at >= 36 ||
			   (at == 33 && mask & 9);

		two_packets();
		check(join());
		second[at] ^= mask;
		check(join() == may);
	}
}

static void identifications(void)
{
	int id;

	for (id = 0; id < 65536; id++) {
		two_packets();
		ref_put16(second + 4, id);
		check(join() == (id == 8));
		first[6] = 0x40;
		second[6] = 0x40;
		check(join() == (id == 7 || id == 8));
		second[6] = 0;
		check(!join());
	}
}

/* Packets that no kernel joins, although both have the same header. */
static void alike_but_odd(void)
{
	static const struct { u8 at, value; } odd[] = {
		{ 6, 0x80 }, { 6, 0x20 }, { 7, 0x01 }, { 33, 0x12 },
		{ 33, 0x14 }, { 33, 0x30 }, { 33, 0x90 }, { 33, 0x18 },
		{ 33, 0x11 }, { 9, 17 }, { 0, 0x46 }, { 0, 0x65 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(odd); i++) {
		two_packets();
		first[odd[i].at] = odd[i].value;
		second[odd[i].at] = odd[i].value;
		check(!join());
	}
}

/* Every length, which the IP header confirms, in a buffer of just that size. */
static void every_length(void)
{
	struct naawg_run run;
	u32 len, doff, ipv6;

	for (len = 1; len < 140; len++) {
		for (doff = 0; doff < 16; doff++) {
			for (ipv6 = 0; ipv6 < 2; ipv6++) {
				u32 transport = ipv6 ? 40 : 20;
				u32 headers = transport + 4 * doff;
				u8 all[140] = {}, *bytes;

				all[0] = ipv6 ? 0x60 : 0x45;
				all[ipv6 ? 6 : 9] = 6;
				ref_put16(all + (ipv6 ? 4 : 2),
					  ipv6 ? len - 40 : len);
				all[transport + 12] = doff << 4;
				all[transport + 13] = 0x10;
				ref_fix_ip_sum(all);
				bytes = malloc(min(len, 128u));
				memcpy(bytes, all, min(len, 128u));
				check(naawg_run_begin(&run, bytes, len) ==
				      (doff >= 5 && len > headers));
				free(bytes);
			}
		}
	}
}

int main(void)
{
	tap_run("every bit of the headers matters as it should", every_bit);
	tap_run("IP identifications are compared", identifications);
	tap_run("packets with odd headers are not joined", alike_but_odd);
	tap_run("no length is taken on trust", every_length);
	tap_run("flows of all kinds as the kernel joins them", at_random);
	return tap_done();
}
