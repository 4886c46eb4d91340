/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A second implementation of the kernel's segmentation and receive offload: byte
 * by byte, slow, and independent of module/.
 */
#ifndef REF_H
#define REF_H

#include "shim.h"

#define REF_HEADERS	128

static inline u32 ref_get16(const u8 *at)
{
	return at[0] << 8 | at[1];
}

static inline u32 ref_get32(const u8 *at)
{
	return ref_get16(at) << 16 | ref_get16(at + 2);
}

static inline void ref_put16(u8 *at, u32 value)
{
	at[0] = value >> 8;
	at[1] = value;
}

static inline void ref_put32(u8 *at, u32 value)
{
	ref_put16(at, value >> 16);
	ref_put16(at + 2, value);
}

/* -- sums ------------------------------------------------------------------- */

/* one's complement sum of big-endian words, 0 only for nothing but zeros */
u32 ref_sum(u64 sum, const u8 *bytes, size_t len);
u32 ref_pseudo(const u8 *packet, u32 transport_len, u8 proto);
/* writes IP header sum (IPv4) and the sum of TCP or UDP into @headers */
void ref_fix_sums(u8 *headers, u32 transport, u32 header_len, u8 proto,
		  const u8 *payload, u32 payload_len);
void ref_fix_ip_sum(u8 *headers);
/* all sums verify, as a receiver would do it */
bool ref_sums_right(const u8 *headers, u32 transport, u32 header_len, u8 proto,
		    const u8 *payload, u32 payload_len);

/* -- cutting ------------------------------------------------------------------ */

struct ref_super {
	u8 headers[REF_HEADERS];
	u32 header_len;
	u32 transport;
	u32 payload_len;
	u32 mss;
	bool tcp;
	bool ipv6;
	bool fixed_id;
};

bool ref_can_cut(const struct ref_super *s);
u32 ref_count(const struct ref_super *s);
/* headers of packet @i to @out, payload of all at @payload; its payload's length */
u32 ref_cut(const struct ref_super *s, u32 i, const u8 *payload, u8 *out);

/* -- joining ------------------------------------------------------------------- */

enum ref_kernel {
	REF_6_1,
	REF_7_2,
};

/* a packet on the kernel's list of those waiting for more */
struct ref_held {
	enum ref_kernel kernel;
	u8 headers[REF_HEADERS];
	u32 header_len;
	u32 len;	/* with headers */
	u32 mss;
	u32 count;
	bool ipv6;
	bool atomic;	/* 6.1: the identification need not grow */
	bool fixed;	/* 7.2: the identification does not grow */
	bool flushed;	/* no longer on the list */
};

/* length of headers of what may be on the list, apart from TCP flags; else 0 */
u32 ref_plain(const u8 *packet, u32 len);
bool ref_hold(struct ref_held *p, enum ref_kernel kernel, const u8 *packet,
	      u32 len);
bool ref_merge(struct ref_held *p, const u8 *packet, u32 len);
/* once it leaves the list: the headers of a GSO packet */
void ref_complete(struct ref_held *p);

#endif
