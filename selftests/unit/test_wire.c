// SPDX-License-Identifier: GPL-2.0
/* Classification of messages, padding, length of inner packets, reasons. */
#include "core/reason.h"
#include "core/wire.h"
#include "shim.h"
#include "tap.h"

static void classify(void)
{
	static const size_t exact[] = { 0, 148, 92, 64 };
	u8 *bytes;
	size_t len;
	int type, bit;

	for (len = 0; len <= 200; len++) {
		/* of just that size, so that reading further is seen */
		bytes = malloc(len);
		for (type = 0; type < 256 && len >= 4; type++) {
			int want = NAAWG_MSG_INVALID;

			memset(bytes, 0xff, len);
			memset(bytes, 0, 4);
			bytes[0] = type;
			if (type >= 1 && type <= 3 && len == exact[type])
				want = type;
			if (type == 4 && len >= 32)
				want = type;
			check(naawg_wire_classify(bytes, len) == want);
			for (bit = 8; bit < 32; bit++) {
				bytes[bit / 8] ^= 1 << bit % 8;
				check(!naawg_wire_classify(bytes, len));
				bytes[bit / 8] ^= 1 << bit % 8;
			}
		}
		if (len < 4) {
			memset(bytes, 1, len);
			check(!naawg_wire_classify(bytes, len));
		}
		free(bytes);
	}
	check(!naawg_wire_classify(NULL, 0));
}

static void padding(void)
{
	size_t len, mtu;

	for (len = 0; len < 3000; len++) {
		check(naawg_wire_padded(len, 0) == (len + 15) / 16 * 16);
		for (mtu = 1; mtu < 1600; mtu += mtu < 70 ? 1 : 61) {
			size_t got = naawg_wire_padded(len, mtu);

			check(got >= len && got - len < 16);
			/* padding never needs another packet */
			check((got + mtu - 1) / mtu == (len + mtu - 1) / mtu);
			/* and is a multiple of 16 or as long as can be */
			check(len > mtu ? (got % mtu) % 16 == 0 :
			      got == mtu || got % 16 == 0);
		}
	}
	check(naawg_wire_padded(1419, 1420) == 1420);
	check(naawg_wire_padded(1420, 1420) == 1420);
	check(naawg_wire_padded(1421, 1420) == 1436);
	check(naawg_wire_padded(2840, 1420) == 2840);
	check(naawg_wire_padded(0, 1420) == 0);
}

static size_t inner4(unsigned int ihl, unsigned int total, size_t len)
{
	u8 *ip = calloc(1, len ?: 1);
	size_t got;

	if (len > 0)
		ip[0] = 0x40 | ihl;
	if (len > 3) {
		ip[2] = total >> 8;
		ip[3] = total;
	}
	got = naawg_wire_inner_len(ip, len);
	free(ip);
	return got;
}

static size_t inner6(unsigned int payload, size_t len)
{
	u8 *ip = calloc(1, len ?: 1);
	size_t got;

	if (len > 0)
		ip[0] = 0x60;
	if (len > 5) {
		ip[4] = payload >> 8;
		ip[5] = payload;
	}
	got = naawg_wire_inner_len(ip, len);
	free(ip);
	return got;
}

static void inner(void)
{
	u8 bytes[64] = {};
	int version;

	check(inner4(5, 20, 20) == 20);
	check(inner4(5, 21, 32) == 21);
	check(inner4(5, 33, 32) == 0);
	check(inner4(5, 19, 32) == 0);
	check(inner4(5, 0, 32) == 0);
	check(inner4(4, 20, 32) == 0);
	check(inner4(0, 20, 32) == 0);
	check(inner4(15, 60, 60) == 60);
	check(inner4(15, 59, 60) == 0);
	check(inner4(6, 23, 32) == 0);
	check(inner4(5, 20, 19) == 0);
	check(inner4(5, 65535, 65535) == 65535);
	check(inner4(5, 20, 1) == 0);
	check(inner6(0, 40) == 40);
	check(inner6(0, 48) == 40);
	check(inner6(8, 48) == 48);
	check(inner6(9, 48) == 0);
	check(inner6(0, 39) == 0);
	check(inner6(65535, 65575) == 65575);
	check(inner6(0, 1) == 0);
	check(naawg_wire_inner_len(NULL, 0) == 0);
	for (version = 0; version < 16; version++) {
		bytes[0] = version << 4 | 5;
		bytes[3] = 20;
		check(!naawg_wire_inner_len(bytes, 64) ==
		      (version != 4 && version != 6));
	}
}

/* Options of just that length behind an IPv4 header, so that reading on is seen. */
static bool route4(const char *options, size_t len)
{
	u8 *ip = calloc(1, 20 + len);
	bool got;

	ip[0] = 0x45 + len / 4;
	memcpy(ip + 20, options, len);
	got = naawg_wire_has_source_route(ip, 20 + len);
	free(ip);
	return got;
}

/* A header of this type behind an IPv6 header. */
static bool route6(u8 type, const char *rest, size_t len)
{
	u8 *ip = calloc(1, 40 + len);
	bool got;

	ip[0] = 0x60;
	ip[6] = type;
	memcpy(ip + 40, rest, len);
	got = naawg_wire_has_source_route(ip, 40 + len);
	free(ip);
	return got;
}

#define ROUTE4(bytes)		route4((bytes), sizeof(bytes) - 1)
#define ROUTE6(type, bytes)	route6((type), (bytes), sizeof(bytes) - 1)

static void source_routes4(void)
{
	check(!ROUTE4(""));
	check(!ROUTE4("\1\1\1\1"));
	check(!ROUTE4("\0\1\1\1"));
	check(!ROUTE4("\224\4\0\0"));
	check(!ROUTE4("\7\7\4\0\0\0\0\0"));
	/* loose and strict, at once and behind others */
	check(ROUTE4("\203\7\4\12\0\0\1\0"));
	check(ROUTE4("\211\7\4\12\0\0\1\0"));
	check(ROUTE4("\1\203\7\4\12\0\0\1"));
	check(ROUTE4("\224\4\0\0\211\7\4\12\0\0\1\0"));
	check(ROUTE4("\1\1\1\203"));
	/* a list that has ended, and one that is another option's data */
	check(!ROUTE4("\0\203\7\4"));
	check(!ROUTE4("\7\4\203\211"));
	/* options that cannot be read */
	check(ROUTE4("\7\0\0\0"));
	check(ROUTE4("\7\1\0\0"));
	check(ROUTE4("\7\5\0\0"));
	check(ROUTE4("\1\1\1\7"));
}

static void source_routes6(void)
{
	check(!ROUTE6(17, ""));
	check(!ROUTE6(17, "\53\0\0\0\0\0\0\0"));
	check(!ROUTE6(59, ""));
	check(ROUTE6(43, ""));
	check(ROUTE6(43, "\21\2\4\1\0\0\0\0"));
	/* behind options, authentication and the header of a first fragment */
	check(!ROUTE6(0, "\21\0\1\4\0\0\0\0"));
	check(ROUTE6(0, "\53\0\1\4\0\0\0\0"));
	check(ROUTE6(60, "\53\0\1\4\0\0\0\0"));
	check(ROUTE6(0, "\74\0\1\4\0\0\0\0\53\0\1\4\0\0\0\0"));
	check(ROUTE6(0, "\53\1\1\14\0\0\0\0\0\0\0\0\0\0\0\0"));
	check(ROUTE6(51, "\53\1\0\0\0\0\0\1\0\0\0\1"));
	check(ROUTE6(44, "\53\0\0\1\0\0\0\1"));
	check(ROUTE6(44, "\74\0\0\1\0\0\0\1\53\0\1\4\0\0\0\0"));
	/* later fragments begin anywhere */
	check(!ROUTE6(44, "\53\0\0\11\0\0\0\1"));
	check(!ROUTE6(44, "\53\0\1\0\0\0\0\1"));
	/* a chain that is cut off */
	check(ROUTE6(0, ""));
	check(ROUTE6(60, "\21\0\1\4\0\0\0"));
	check(ROUTE6(0, "\74\1\1\4\0\0\0\0"));
	check(ROUTE6(44, "\74\0\0\1\0\0\0\1"));
}

static void reasons(void)
{
	int i, j;

	check(!strcmp(naawg_reason_name(NAAWG_OK), "ok"));
	check(!strcmp(naawg_reason_name(NAAWG_REASON_COUNT), "unknown"));
	for (i = 1; i < NAAWG_REASON_COUNT; i++) {
		for (j = 0; j < i; j++)
			check(strcmp(naawg_reason_name(i),
				     naawg_reason_name(j)));
		check(naawg_reason_is_handshake(i) ==
		      (i >= NAAWG_R_HS_QUEUE_FULL));
	}
}

int main(void)
{
	tap_run("length, type and reserved bytes of messages are checked", classify);
	tap_run("padding never costs another packet", padding);
	tap_run("the length of inner packets is checked", inner);
	tap_run("source routes of IPv4 are found", source_routes4);
	tap_run("routing headers of IPv6 are found", source_routes6);
	tap_run("every reason has a name", reasons);
	return tap_done();
}
