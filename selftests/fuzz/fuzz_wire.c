// SPDX-License-Identifier: GPL-2.0
/* Telling messages apart, padding, and the length of inner packets. */
#include "core/wire.h"
#include "fuzz.h"

static int expected_type(const u8 *bytes, size_t len)
{
	if (len < 4 || bytes[1] || bytes[2] || bytes[3])
		return 0;
	if ((bytes[0] == 1 && len == 148) || (bytes[0] == 2 && len == 92) ||
	    (bytes[0] == 3 && len == 64) || (bytes[0] == 4 && len >= 32))
		return bytes[0];
	return 0;
}

static size_t expected_inner(const u8 *bytes, size_t len)
{
	size_t total;

	if (len >= 20 && bytes[0] >= 0x45 && bytes[0] <= 0x4f) {
		total = bytes[2] * 256 + bytes[3];
		return total < (bytes[0] - 0x40) * 4u || total > len ? 0 :
								       total;
	}
	if (len >= 40 && bytes[0] >> 4 == 6) {
		total = 40 + bytes[4] * 256 + bytes[5];
		return total > len ? 0 : total;
	}
	return 0;
}

static void pad(size_t len, size_t mtu)
{
	size_t got = naawg_wire_padded(len, mtu);

	must(got >= len && got - len < 16);
	if (!mtu) {
		must(got % 16 == 0);
		return;
	}
	must((got + mtu - 1) / mtu == (len + mtu - 1) / mtu);
}

/* Without options or extension headers there is no source route. */
static void route(const u8 *data, size_t len)
{
	u8 *packet = malloc(len);
	bool got;

	memcpy(packet, data, len);
	got = naawg_wire_has_source_route(packet, len);
	if (packet[0] == 0x45 || (packet[0] >> 4 == 6 && packet[6] == 17))
		must(!got);
	if (packet[0] >> 4 == 6 && packet[6] == 43)
		must(got);
	free(packet);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	size_t len, mtu;

	/* the fuzzer's bytes are just as many, and so a fence on their own */
	must((int)naawg_wire_classify(data, size) == expected_type(data, size));
	len = expected_inner(data, size);
	must(naawg_wire_inner_len(data, size) == len);
	if (len)
		route(data, len);
	fuzz_from(data, size);
	len = fuzz_pick(65536);
	mtu = fuzz_pick(65536);
	pad(len, mtu);
	return 0;
}
