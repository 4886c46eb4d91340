// SPDX-License-Identifier: GPL-2.0
/* Cutting GSO packets, against a second writing of the kernel's rules. */
#include "core/segment.h"
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
		failed = try_cut(pick);
		if (failed && tap_complaints++ < 5)
			printf("# %s\n", failed);
	}
	check(try_seen.cut > tap_rounds(10000) &&
	      try_seen.refused > tap_rounds(1000) &&
	      try_seen.many > tap_rounds(100));
}

/* Bytes by hand, so that not everything depends on the second writing. */
static void by_hand(void)
{
	static const u8 super[] = {
		0x45, 0x02, 0xff, 0xff, 0xff, 0xff, 0x40, 0x00,
		0x40, 0x06, 0x12, 0x34, 10, 0, 0, 1, 10, 0, 0, 2,
		0x04, 0x00, 0x00, 0x50, 0xff, 0xff, 0xff, 0xfe,
		0x00, 0x00, 0x00, 0x01, 0x50, 0xd9, 0x01, 0x00,
		0x56, 0x78, 0x00, 0x00,
	};
	/* payload 01 02 | 03 04 | 05, sums worked out elsewhere */
	static const struct {
		u8 len, id[2], ip_sum[2], seq[4], flags, sum[2];
	} packets[] = {
		{ 42, { 0xff, 0xff }, { 0x26, 0xca },
		  { 0xff, 0xff, 0xff, 0xfe }, 0xd0, { 0x94, 0xbe } },
		{ 42, { 0x00, 0x00 }, { 0x26, 0xca },
		  { 0x00, 0x00, 0x00, 0x00 }, 0x50, { 0x93, 0x3b } },
		{ 41, { 0x00, 0x01 }, { 0x26, 0xca },
		  { 0x00, 0x00, 0x00, 0x02 }, 0x59, { 0x91, 0x35 } },
	};
	static const u8 payload[] = { 1, 2, 3, 4, 5 };
	struct naawg_segmenter s = { .tcp = true };
	u8 got[40];
	int i;

	memcpy(s.headers, super, sizeof(super));
	check(naawg_segment_begin(&s, 20, 40, 5, 2) && s.count == 3);
	for (i = 0; i < 3; i++) {
		naawg_segment_write(&s, got, i,
				    csum_partial(payload + 2 * i,
						 i < 2 ? 2 : 1, 0));
		check(got[2] == 0 && got[3] == packets[i].len);
		check(!memcmp(got + 4, packets[i].id, 2));
		check(!memcmp(got + 10, packets[i].ip_sum, 2));
		check(!memcmp(got + 24, packets[i].seq, 4));
		check(got[33] == packets[i].flags);
		check(!memcmp(got + 36, packets[i].sum, 2));
	}
}

/* A UDP sum that comes out as zero is sent as its other form. */
static void no_zero_sum(void)
{
	static const u8 payload[2];
	struct naawg_segmenter s = {};
	u8 got[28], sum[2] = {};
	u32 i, zeros = 0;

	s.headers[0] = 0x45;
	s.headers[9] = 17;
	for (i = 0; i < 65536; i++) {
		ref_put16(s.headers + 20, i);
		if (!naawg_segment_begin(&s, 20, 28, 2, 2))
			break;
		naawg_segment_write(&s, got, 0, csum_partial(payload, 2, 0));
		memcpy(sum, got + 26, 2);
		check(ref_get16(sum));
		zeros += ref_get16(sum) == 0xffff;
	}
	check(i == 65536 && zeros == 1);
}

int main(void)
{
	tap_run("three packets are segmented as computed by hand", by_hand);
	tap_run("GSO packets of all kinds as the kernel cuts them", at_random);
	tap_run("a UDP checksum is never zero", no_zero_sum);
	return tap_done();
}
