// SPDX-License-Identifier: GPL-2.0
/* Cut a GSO packet and look at every packet there is. */
#include "core/segment.h"

#include "ref.h"
#include "shim_net.h"
#include "try.h"

struct try_seen try_seen;

const u8 *try_payload(void)
{
	static u8 bytes[TRY_PAYLOAD];
	u32 i, x = 1;

	for (i = 0; !bytes[0] && i < TRY_PAYLOAD; i++) {
		x = x * 1664525 + 1013904223;
		bytes[TRY_PAYLOAD - 1 - i] = x >> 24 | 1;
	}
	return bytes;
}

void try_headers(try_pick pick, u8 *out, bool ipv6, u32 ihl, bool tcp, u32 doff)
{
	u32 transport = ipv6 ? 40 : 4 * ihl;
	u32 i, len = transport + (tcp ? 4 * doff : 8);

	for (i = 0; i < len; i++)
		out[i] = pick(256);
	if (ipv6) {
		out[0] = 0x60 | (out[0] & 15);
		out[6] = tcp ? 6 : 17;
	} else {
		out[0] = 0x40 | ihl;
		/* no fragment; don't fragment, and the bit without a meaning */
		ref_put16(out + 6, pick(2) << 14 | !pick(16) << 15);
		out[9] = tcp ? 6 : 17;
	}
	if (tcp)
		out[transport + 12] = doff << 4 | (pick(4) ? 0 : pick(16));
}

static u32 any_mss(try_pick pick)
{
	switch (pick(4)) {
	case 0:
		return 1 + pick(60000);
	case 1:
		return 1 + pick(16);
	case 2:
		return 65535 - pick(150);
	default:
		return 1 + pick(1500);
	}
}

static u32 any_payload(try_pick pick, u32 mss)
{
	switch (pick(8)) {
	case 0:
		return 1 + pick(TRY_PAYLOAD);
	case 1:
		return min(mss, (u32)TRY_PAYLOAD);
	default:
		/* some packets and perhaps a part of one */
		return min(mss * pick(45) + (pick(2) ? pick(mss) : 0),
			   (u32)TRY_PAYLOAD);
	}
}

static void any_super(try_pick pick, struct ref_super *s)
{
	u32 ihl = pick(3) ? 5 : 5 + pick(11);
	u32 doff = pick(3) ? 8 : 5 + pick(11);

	memset(s, 0, sizeof(*s));
	s->ipv6 = pick(2);
	s->tcp = pick(4);
	s->fixed_id = !pick(3);
	s->mss = any_mss(pick);
	s->payload_len = any_payload(pick, s->mss);
	s->transport = s->ipv6 ? 40 : 4 * ihl;
	s->header_len = s->transport + (s->tcp ? 4 * doff : 8);
	try_headers(pick, s->headers, s->ipv6, ihl, s->tcp, doff);
}

/* One thing about it is not as it seems. */
static void any_lie(try_pick pick, struct ref_super *s)
{
	switch (pick(8)) {
	case 0:
		s->transport = pick(300);
		break;
	case 1:
		s->header_len = pick(300);
		break;
	case 2:
		s->header_len = pick(65536);
		break;
	case 3:
		s->mss = pick(2) ? 0 : 65535 - pick(40);
		break;
	case 4:
		s->tcp = !s->tcp;
		break;
	case 5:
		s->ipv6 = !s->ipv6;
		break;
	case 6:
		s->payload_len = pick(2) ? 0 : pick(2) ? ~0U - pick(9) :
							 pick(70000);
		break;
	default:
		s->headers[pick(REF_HEADERS)] = pick(256);
	}
}

static const char *look_at(const struct naawg_segmenter *s,
			   const struct ref_super *ref, u32 i, u32 odd)
{
	const u8 *payload = try_payload();
	u32 from = i * ref->mss, len = naawg_segment_payload(s, i);
	u8 expected[REF_HEADERS];
	const char *failed;
	__wsum sum;
	u8 *got;

	want(len && len <= ref->mss && from + len <= ref->payload_len);
	want(i + 1 < s->count ? len == ref->mss :
				from + len == ref->payload_len);
	sum = csum_partial(payload + from, len, 0);
	/* of just that size, wherever it may lie */
	got = malloc(odd + ref->header_len);
	naawg_segment_write(s, got + odd, i, sum);
	failed = NULL;
	if (ref_cut(ref, i, payload, expected) != len)
		failed = "try_cut: length of payload";
	else if (memcmp(got + odd, expected, ref->header_len))
		failed = "try_cut: headers are those of the kernel";
	else if (!ref_sums_right(got + odd, ref->transport, ref->header_len,
				 ref->tcp ? 6 : 17, payload + from, len))
		failed = "try_cut: sums are right";
	free(got);
	return failed;
}

const char *try_cut(try_pick pick)
{
	struct naawg_segmenter s;
	struct ref_super ref;
	const char *failed;
	bool ok;
	u32 i;

	any_super(pick, &ref);
	if (!pick(4))
		any_lie(pick, &ref);

	memset(&s, 0xa5, sizeof(s));
	memcpy(s.headers, ref.headers, sizeof(s.headers));
	s.tcp = ref.tcp;
	s.ipv6 = ref.ipv6;
	s.fixed_id = ref.fixed_id;
	ok = naawg_segment_begin(&s, ref.transport, ref.header_len,
				 ref.payload_len, ref.mss);
	want(ok == ref_can_cut(&ref));
	try_seen.refused += !ok;
	if (!ok || ref.payload_len > TRY_PAYLOAD)
		return NULL;

	want(s.count == ref_count(&ref));
	try_seen.cut++;
	try_seen.many += s.count > 1000;
	for (i = 0; i < s.count; i++) {
		failed = look_at(&s, &ref, i, pick(4));
		if (failed)
			return failed;
		/* both ends, and some between them */
		if (i > 50 && i + 50 < s.count)
			i += min(s.count / 16 + pick(16), s.count - 50 - i);
	}
	return NULL;
}
