// SPDX-License-Identifier: GPL-2.0
/*
 * Offer packets to a run, most of them the next of their flow, and ask the
 * kernel's rules about each; then cut what came of it again.
 */
#include "core/coalesce.h"

#include "ref.h"
#include "shim_net.h"
#include "try.h"

#define OFFERS	48

struct packet {
	u8 headers[REF_HEADERS];
	u32 header_len;
	u32 transport;
	u32 len;	/* as the caller has it */
};

/**
 * struct flow - a run and all that is known about it
 * @run: what is tested
 * @old: the kernel 6.1's idea of it
 * @new: the kernel 7.2's; they part when only the first packet has CWR
 * @packets: that joined
 * @count: how many
 * @parted: the first packet has CWR
 */
struct flow {
	struct naawg_run run;
	struct ref_held old;
	struct ref_held new;
	struct packet packets[OFFERS + 1];
	u32 count;
	bool parted;
};

static u32 payload_of(const struct packet *p)
{
	return p->len - p->header_len;
}

static void seal_packet(struct packet *p, u32 payload_at)
{
	if (p->transport == 40)
		ref_put16(p->headers + 4, p->len - 40);
	else
		ref_put16(p->headers + 2, p->len);
	ref_fix_sums(p->headers, p->transport, p->header_len, 6,
		     try_payload() + payload_at, payload_of(p));
}

/* Lies about lengths may make headers of payload. */
static void unfold(const struct packet *p, u8 *bytes)
{
	memset(bytes, 0x5a, REF_HEADERS);
	memcpy(bytes, p->headers, p->header_len);
}

/* The part of a packet that the caller has: the first bytes, and not one more. */
static u8 *visible(const struct packet *p)
{
	u32 len = min_t(u32, p->len, NAAWG_HEADERS_MAX);
	u8 all[REF_HEADERS], *bytes = malloc(len);

	unfold(p, all);
	return memcpy(bytes, all, len);
}

static u32 any_payload(try_pick pick)
{
	switch (pick(4)) {
	case 0:
		return 1 + pick(16);
	case 1:
		return 1 + pick(60000);
	default:
		return 1 + pick(1500);
	}
}

static void first_packet(try_pick pick, struct packet *p)
{
	u32 doff = pick(3) ? 8 : 5 + pick(11);
	bool ipv6 = pick(2);
	u8 *tcp;

	memset(p, 0, sizeof(*p));
	try_headers(pick, p->headers, ipv6, 5, true, doff);
	p->transport = ipv6 ? 40 : 20;
	p->header_len = p->transport + 4 * doff;
	p->len = p->header_len + any_payload(pick);
	tcp = p->headers + p->transport;
	if (pick(8))	/* acknowledges; no SYN, RST, URG; seldom the others */
		tcp[13] = 0x10 | (pick(4) ? 0 : pick(256) & 0xc0) |
			  (pick(8) ? 0 : pick(256) & 9);
	if (!pick(4))	/* about to wrap */
		ref_put32(tcp + 4, 0U - pick(3000));
	if (!ipv6 && !pick(4))
		ref_put16(p->headers + 4, 0U - pick(6));
	seal_packet(p, 0);
}

/* The packet that ought to follow, for one of the two ways to count. */
static void next_packet(try_pick pick, const struct flow *f, bool grows,
			struct packet *p)
{
	const struct packet *first = &f->packets[0];
	u8 *tcp = p->headers + first->transport;
	u32 payload = f->run.mss;

	*p = *first;
	if (!pick(8))
		payload = 1 + pick(payload);
	p->len = p->header_len + payload;
	if (grows && p->transport == 20)
		ref_put16(p->headers + 4,
			  ref_get16(p->headers + 4) + f->run.count);
	ref_put32(tcp + 4, ref_get32(tcp + 4) + f->run.payload_len);
	tcp[13] &= ~0x80;
	if (!pick(16))
		tcp[13] |= 1 << 3 * pick(2);	/* FIN or PSH */
	seal_packet(p, f->run.payload_len);
}

/* A byte that has to be the same in all: classes and hops, ports, window. */
static u32 any_field(try_pick pick, const struct packet *p)
{
	static const u8 of_ipv4[] = { 1, 8, 12, 19 }, of_ipv6[] = { 0, 1, 3, 7, 8, 39 };
	static const u8 of_tcp[] = { 0, 3, 8, 14 };

	if (pick(2))
		return p->transport + of_tcp[pick(4)];
	return p->transport == 40 ? of_ipv6[pick(6)] : of_ipv4[pick(4)];
}

/* One thing is not as it should be. */
static void any_change(try_pick pick, struct packet *p, u32 payload_at)
{
	u8 *tcp = p->headers + p->transport;
	u32 at = pick(p->header_len);

	switch (pick(9)) {
	case 0:		/* a flag */
		tcp[13] ^= 1 << pick(8);
		break;
	case 1:		/* a bit anywhere, and nobody mends the sums */
		p->headers[at] ^= 1 << pick(8);
		return;
	case 2:		/* a bit anywhere, mended */
		p->headers[at] ^= 1 << pick(8);
		ref_fix_ip_sum(p->headers);
		return;
	case 3:		/* length of packet or of headers */
		p->len = pick(2) ? pick(200) : 1 + pick(65535);
		return;
	case 4:
		if (p->transport == 20)
			ref_put16(p->headers + 4, ref_get16(p->headers + 4) +
				  pick(4) - 1);
		break;
	case 5:
		ref_put32(tcp + 4, ref_get32(tcp + 4) + pick(3) - 1);
		break;
	case 6:		/* any number of bytes of payload, also none */
		p->len = p->header_len + pick(pick(2) ? 3 : 3000);
		break;
	case 7:
		p->headers[any_field(pick, p)] ^= 1 << pick(4);
		break;
	default:	/* don't fragment, more fragments, offset, reserved */
		if (p->transport == 20)
			p->headers[6] ^= 1 << pick(8);
	}
	seal_packet(p, payload_at);
}

static const char *begin(struct flow *f, const struct packet *p)
{
	u8 full[REF_HEADERS], *bytes = visible(p);
	const u8 *tcp = full + p->transport;
	u32 plain;
	bool ok;

	unfold(p, full);
	plain = ref_plain(full, p->len);
	memset(&f->run, 0xa5, sizeof(f->run));
	ok = naawg_run_begin(&f->run, bytes, p->len);
	free(bytes);
	want(naawg_run_is_empty(&f->run) == !ok);
	want(ok == (plain && plain < p->len && (tcp[13] & 0x36) == 0x10));
	/* nothing more to be had from payload taken for options */
	if (plain != p->header_len)
		f->run.header_len = 0;
	if (naawg_run_is_empty(&f->run))
		return NULL;
	want(f->run.closed == !!(tcp[13] & 9));
	want(f->run.header_len == plain && f->run.transport == p->transport &&
	     f->run.ipv6 == (p->transport == 40));
	want(f->run.count == 1 && f->run.payload_len == payload_of(p) &&
	     f->run.mss == payload_of(p) && !f->run.fixed_id);
	want(!memcmp(f->run.headers, p->headers, plain));
	want(ref_hold(&f->old, REF_6_1, p->headers, p->len) == !f->run.closed);
	want(ref_hold(&f->new, REF_7_2, p->headers, p->len) == !f->run.closed);
	f->packets[0] = *p;
	f->count = 1;
	f->parted = tcp[13] & 0x80;
	return NULL;
}

static const char *offer(struct flow *f, const struct packet *p)
{
	struct ref_held old = f->old, new = f->new;
	struct naawg_run before = f->run;
	bool ok, in_old, in_new;
	u8 full[REF_HEADERS], *bytes = visible(p);

	unfold(p, full);
	ok = naawg_run_join(&f->run, bytes, p->len);
	free(bytes);
	in_old = !before.closed && ref_merge(&old, full, p->len);
	in_new = !before.closed && ref_merge(&new, full, p->len);
	if (in_old && old.len > NAAWG_RUN_MAX) {
		in_old = false;
		try_seen.full++;
	}
	want(ok == in_old);
	want(!ok || in_new || f->parted);
	if (!ok) {
		want(f->run.count == before.count && !f->run.closed ==
		     !before.closed && f->run.fixed_id == before.fixed_id);
		want(!memcmp(f->run.headers, before.headers,
			     sizeof(before.headers)));
		try_seen.not_joined++;
		return NULL;
	}
	want(f->run.count == old.count && f->run.mss == old.mss &&
	     f->run.payload_len == old.len - old.header_len &&
	     f->run.closed == old.flushed);
	want(f->run.ipv6 || f->run.fixed_id == old.atomic);
	f->old = old;
	f->new = new;
	f->packets[f->count++] = *p;
	try_seen.joined++;
	return NULL;
}

/* Cut again, by the kernel's rules, it is what it was. */
static const char *finish(struct flow *f)
{
	struct ref_super super = {
		.header_len = f->run.header_len,
		.transport = f->run.transport,
		.payload_len = f->run.payload_len,
		.mss = f->run.mss,
		.tcp = true,
		.ipv6 = f->run.ipv6,
		.fixed_id = f->run.fixed_id,
	};
	struct naawg_segmenter s = {
		.tcp = true,
		.ipv6 = f->run.ipv6,
		.fixed_id = f->run.fixed_id,
	};
	u8 out[REF_HEADERS];
	__wsum sum;
	u32 i, at;

	naawg_run_finish(&f->run);
	ref_complete(&f->old);
	want(!memcmp(f->run.headers, f->old.headers, f->run.header_len));
	try_seen.fixed_id += f->run.fixed_id;

	memcpy(super.headers, f->run.headers, sizeof(out));
	memcpy(s.headers, f->run.headers, sizeof(out));
	want(ref_can_cut(&super) && ref_count(&super) == f->count);
	want(naawg_segment_begin(&s, super.transport, super.header_len,
				 super.payload_len, super.mss));
	for (i = 0, at = 0; i < f->count; i++) {
		struct packet *p = &f->packets[i];
		u8 *tcp = p->headers + p->transport;

		/* neither kernel keeps a pointer nobody may follow */
		memcpy(tcp + 18, super.headers + super.transport + 18, 2);
		seal_packet(p, at);
		ref_cut(&super, i, try_payload(), out);
		want(!memcmp(out, p->headers, p->header_len));
		sum = csum_partial(try_payload() + at, payload_of(p), 0);
		naawg_segment_write(&s, out, i, sum);
		want(!memcmp(out, p->headers, p->header_len));
		at += payload_of(p);
	}
	try_seen.back++;
	return NULL;
}

static const char *join_what_was_offered(try_pick pick)
{
	u32 i, offers = pick(OFFERS + 1);
	const char *failed;
	struct packet p;
	struct flow f;
	bool grows;

	first_packet(pick, &p);
	grows = pick(3) || !(p.headers[6] & 0x40);
	if (!pick(8))
		any_change(pick, &p, 0);
	failed = begin(&f, &p);
	if (failed || naawg_run_is_empty(&f.run))
		return failed;
	for (i = 0; i < offers; i++) {
		next_packet(pick, &f, grows, &p);
		if (!pick(8))
			any_change(pick, &p, f.run.payload_len);
		failed = offer(&f, &p);
		if (failed)
			return failed;
	}
	return f.count > 1 ? finish(&f) : NULL;
}

/* A GSO packet, cut, is joined again to just that. */
static const char *join_what_was_cut(try_pick pick)
{
	struct naawg_segmenter s = {};
	u32 i, at, len, head, doff = 5 + pick(11);
	struct naawg_run run;
	struct packet p;
	u8 packet[NAAWG_HEADERS_MAX] __aligned(4);
	u8 *tcp;

	memset(&p, 0, sizeof(p));
	s.tcp = true;
	s.ipv6 = pick(2);
	p.transport = s.ipv6 ? 40 : 20;
	p.header_len = p.transport + 4 * doff;
	try_headers(pick, p.headers, s.ipv6, 5, true, doff);
	if (!s.ipv6)
		p.headers[6] &= 0x40;
	s.fixed_id = !s.ipv6 && p.headers[6] && pick(2);
	tcp = p.headers + p.transport;
	tcp[13] = 0x10 | (pick(256) & 0xc9);
	p.len = p.header_len + 2 + pick(NAAWG_RUN_MAX - p.header_len - 1);
	len = payload_of(&p);
	head = 1 + pick(min(len - 1, pick(2) ? 65535u : 1500u));
	if (len / head > 2000)
		head = len / 2000 + 1;
	seal_packet(&p, 0);

	memcpy(s.headers, p.headers, sizeof(s.headers));
	want(naawg_segment_begin(&s, p.transport, p.header_len, len, head));
	for (i = 0, at = 0; i < s.count; i++) {
		u32 payload = naawg_segment_payload(&s, i);

		memset(packet, 0x5a, sizeof(packet));
		naawg_segment_write(&s, packet, i,
				    csum_partial(try_payload() + at, payload,
						 0));
		if (i)
			want(naawg_run_join(&run, packet,
					    p.header_len + payload));
		else
			want(naawg_run_begin(&run, packet,
					     p.header_len + payload));
		at += payload;
	}
	naawg_run_finish(&run);
	want(run.mss == head && run.count == s.count && run.payload_len == len);
	want(s.ipv6 || run.fixed_id == s.fixed_id);
	/* the sum is for others to complete */
	ref_put16(tcp + 16, ref_pseudo(p.headers, p.len - p.transport, 6));
	want(!memcmp(run.headers, p.headers, p.header_len));
	try_seen.whole++;
	return NULL;
}

const char *try_join(try_pick pick)
{
	return pick(8) ? join_what_was_offered(pick) : join_what_was_cut(pick);
}
