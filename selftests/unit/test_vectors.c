// SPDX-License-Identifier: GPL-2.0
/* Known answers, as vectors.py collects them. */
#include "core/crypto.h"
#include "core/kdf.h"
#include "core/macs.h"
#include "core/noise.h"
#include "core/transcript.h"
#ifndef __KERNEL__
#include "simd/run.h"
#endif
#include "shim.h"
#include "tap.h"

#define FIELDS_MAX	16
#define BYTES_MAX	4096

struct field {
	u8 bytes[BYTES_MAX];
	size_t len;
};

static struct field f[FIELDS_MAX];
static int fields;

static void blake2s_plain(void)
{
	u8 out[32];

	naawg_hash(out, f[0].bytes, f[0].len, NULL, 0);
	check(!memcmp(out, f[1].bytes, 32));
	/* the cut between the two pieces makes no difference */
	naawg_hash(out, f[0].bytes, f[0].len / 3, f[0].bytes + f[0].len / 3,
		   f[0].len - f[0].len / 3);
	check(!memcmp(out, f[1].bytes, 32));
}

static void blake2s_keyed(void)
{
	u8 out[32];

	naawg_keyed_hash(out, f[2].len, f[0].bytes, f[0].len, f[1].bytes,
			 f[1].len, NULL, 0);
	check(!memcmp(out, f[2].bytes, f[2].len));
	naawg_keyed_hash(out, f[2].len, f[0].bytes, f[0].len, f[1].bytes,
			 f[1].len / 2, f[1].bytes + f[1].len / 2,
			 f[1].len - f[1].len / 2);
	check(!memcmp(out, f[2].bytes, f[2].len));
}

static void hmac(void)
{
	u8 out[32];

	naawg_hmac(out, f[0].bytes, f[1].bytes, f[1].len, NULL, 0);
	check(!memcmp(out, f[2].bytes, 32));
}

static void kdf(void)
{
	u8 out[3][32], key[32];

	naawg_kdf(f[0].bytes, f[1].bytes, f[1].len, out[0], out[1], out[2]);
	check(!memcmp(out[0], f[2].bytes, 32));
	check(!memcmp(out[1], f[3].bytes, 32));
	check(!memcmp(out[2], f[4].bytes, 32));

	/* into the key itself, and with outputs left out */
	memcpy(key, f[0].bytes, 32);
	naawg_kdf(key, f[1].bytes, f[1].len, key, NULL, out[2]);
	check(!memcmp(key, f[2].bytes, 32));
	check(!memcmp(out[2], f[4].bytes, 32));
}

static void x25519(void)
{
	u8 private[32], shared[32];
	bool usable;

	memcpy(private, f[0].bytes, 32);
	naawg_clamp(private);
	usable = naawg_dh(shared, private, f[1].bytes);
	check(usable == !naawg_is_zero(f[2].bytes, 32));
	check(!memcmp(shared, f[2].bytes, 32));
}

/* The kernel checks its vector code when the module is loaded. */
#if defined(__x86_64__) && !defined(__KERNEL__)
/* Without associated data: the same message four times in one run. */
static void aead_run(u64 counter)
{
	static u8 out[4][BYTES_MAX + 16];
	struct naawg_simd_msg msgs[4];
	size_t len = f[4].len - 16;
	int i;

	for (i = 0; i < 4; i++)
		msgs[i] = (struct naawg_simd_msg){ out[i], f[4].bytes, len, counter, false };
	naawg_simd_open(msgs, 4, f[0].bytes);
	for (i = 0; i < 4; i++) {
		check(msgs[i].ok == f[5].bytes[0]);
		check(!msgs[i].ok || !memcmp(out[i], f[3].bytes, len));
		msgs[i].src = f[3].bytes;
	}
	naawg_simd_seal(msgs, 4, f[0].bytes);
	for (i = 0; i < 4 && f[5].bytes[0]; i++)
		check(!memcmp(out[i], f[4].bytes, len + 16));
}

static void aead_by_vectors(u64 counter)
{
	static bool ready;

	ready = ready || naawg_run_setup();
	if (__builtin_cpu_supports("avx2")) {
		naawg_run_use(&naawg_simd_avx2);
		aead_run(counter);
	}
	if (__builtin_cpu_supports("avx512ifma")) {
		naawg_run_use(&naawg_simd_avx512);
		aead_run(counter);
	}
}
#else
static void aead_by_vectors(u64 counter)
{
}
#endif

static void aead(void)
{
	size_t len = f[3].len;
	u8 out[BYTES_MAX + 16];
	u64 counter;

	memcpy(&counter, f[1].bytes, 8);
	counter = le64_to_cpu(counter);
	if (f[5].bytes[0]) {
		naawg_aead_seal(out, f[3].bytes, len, f[2].bytes, f[2].len,
				counter, f[0].bytes);
		check(f[4].len == len + 16 && !memcmp(out, f[4].bytes, len + 16));
	}
	check(naawg_aead_open(out, f[4].bytes, f[4].len, f[2].bytes, f[2].len,
			      counter, f[0].bytes) == f[5].bytes[0]);
	if (f[5].bytes[0])
		check(!memcmp(out, f[3].bytes, len));
	check(!naawg_aead_open(out, f[4].bytes, f[4].len, f[2].bytes,
			       f[2].len, counter ^ 1, f[0].bytes));
	check(!naawg_aead_open(out, f[4].bytes, 15, f[2].bytes, f[2].len,
			       counter, f[0].bytes));
	if (!f[2].len && f[4].len >= 16)
		aead_by_vectors(counter);
}

static void xaead(void)
{
	size_t len = f[3].len;
	u8 out[BYTES_MAX + 16];

	naawg_xaead_seal(out, f[3].bytes, len, f[2].bytes, f[2].len,
			 f[1].bytes, f[0].bytes);
	check(f[4].len == len + 16 && !memcmp(out, f[4].bytes, len + 16));
	check(naawg_xaead_open(out, f[4].bytes, f[4].len, f[2].bytes, f[2].len,
			       f[1].bytes, f[0].bytes));
	check(!memcmp(out, f[3].bytes, len));
	f[1].bytes[0] ^= 1;
	check(!naawg_xaead_open(out, f[4].bytes, f[4].len, f[2].bytes,
				f[2].len, f[1].bytes, f[0].bytes));
}

/* The first transport message each way, with the keys of a finished handshake. */
static void check_transport(const struct naawg_transcript *finished)
{
	u8 key[2][32], out[BYTES_MAX];
	int i;

	naawg_kdf(finished->chain, NULL, 0, key[0], key[1], NULL);
	for (i = 0; i < 2; i++) {
		struct field *text = &f[10 + 2 * i], *sealed = text + 1;

		naawg_aead_seal(out, text->bytes, text->len, NULL, 0, 0,
				key[i]);
		check(sealed->len == text->len + 16 &&
		      !memcmp(out, sealed->bytes, sealed->len));
	}
}

/* A published handshake: own prologue and payloads, so token by token. */
static void noise(void)
{
	static const char name[] = "Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s";
	const u8 *prologue = f[0].bytes, *psk = f[5].bytes;
	u8 private[4][32], public[4][32];
	struct naawg_transcript a, b;
	u8 out[BYTES_MAX], plain[BYTES_MAX];
	int i;

	for (i = 0; i < 4; i++) {
		memcpy(private[i], f[1 + i].bytes, 32);
		naawg_clamp(private[i]);
		check(naawg_public_key(public[i], private[i]));
	}
	enum { SI, SR, EI, ER };

	naawg_hash(a.hash, name, strlen(name), NULL, 0);
	memcpy(a.chain, a.hash, 32);
	naawg_mix_hash(&a, prologue, f[0].len);
	naawg_mix_hash(&a, public[SR], 32);
	b = a;

	memcpy(out, public[EI], 32);
	naawg_mix_ephemeral(&a, out);
	check(naawg_mix_dh(&a, private[EI], public[SR], true));
	naawg_seal_field(&a, out + 32, public[SI], 32);
	check(naawg_mix_dh(&a, private[SI], public[SR], true));
	naawg_seal_field(&a, out + 80, f[6].bytes, f[6].len);
	check(f[7].len == 96 + f[6].len && !memcmp(out, f[7].bytes, f[7].len));

	naawg_mix_ephemeral(&b, out);
	check(naawg_mix_dh(&b, private[SR], out, true));
	check(naawg_open_field(&b, plain, out + 32, 32));
	check(!memcmp(plain, public[SI], 32));
	check(naawg_mix_dh(&b, private[SR], plain, true));
	check(naawg_open_field(&b, plain, out + 80, f[6].len));
	check(!memcmp(plain, f[6].bytes, f[6].len));

	memcpy(out, public[ER], 32);
	naawg_mix_ephemeral(&b, out);
	check(naawg_mix_dh(&b, private[ER], public[EI], false));
	check(naawg_mix_dh(&b, private[ER], public[SI], false));
	naawg_mix_preshared(&b, psk);
	naawg_seal_field(&b, out + 32, f[8].bytes, f[8].len);
	check(f[9].len == 48 + f[8].len && !memcmp(out, f[9].bytes, f[9].len));

	naawg_mix_ephemeral(&a, out);
	check(naawg_mix_dh(&a, private[EI], out, false));
	check(naawg_mix_dh(&a, private[SI], out, false));
	naawg_mix_preshared(&a, psk);
	check(naawg_open_field(&a, plain, out + 32, f[8].len));
	check(!memcmp(plain, f[8].bytes, f[8].len));

	check_transport(&a);
}

/* A whole handshake of the protocol, byte by byte as an independent model. */
static void wireguard(void)
{
	const u8 *psk = f[4].bytes, *stamp = f[5].bytes, *cookie = f[6].bytes;
	const u8 *nonce = f[7].bytes, *reply_bytes = f[10].bytes;
	struct naawg_mac_keys keys_i, keys_r;
	struct naawg_transport_keys ki, kr;
	struct naawg_identity ii, ir;
	struct naawg_handshake hi, hr;
	struct naawg_claim claim;
	struct naawg_msg_initiation first;
	struct naawg_msg_response second;
	struct naawg_msg_cookie reply;
	u8 opened[16];
	u32 index;

	check(naawg_identity_set(&ii, f[0].bytes));
	check(naawg_identity_set(&ir, f[1].bytes));
	naawg_mac_keys_derive(&keys_i, ii.public);
	naawg_mac_keys_derive(&keys_r, ir.public);
	naawg_handshake_init(&hi, &ii, ir.public, psk);
	naawg_handshake_init(&hr, &ir, ii.public, psk);

	memcpy(&index, f[8].bytes + 4, 4);
	check(naawg_noise_initiate(&hi, &ii, f[2].bytes, stamp,
				   le32_to_cpu(index), &first) == NAAWG_OK);
	naawg_mac1_write(&first, sizeof(first), &keys_r);
	naawg_mac2_write(&first, sizeof(first), cookie);
	check(f[8].len == sizeof(first) &&
	      !memcmp(&first, f[8].bytes, sizeof(first)));

	check(naawg_noise_read_claim(&claim, &ir, &first) == NAAWG_OK);
	check(!memcmp(claim.remote_static, ii.public, 32));
	check(naawg_noise_accept(&hr, &claim, &first) == NAAWG_OK);
	memcpy(&index, f[9].bytes + 4, 4);
	check(naawg_noise_respond(&hr, f[3].bytes, le32_to_cpu(index),
				  &second) == NAAWG_OK);
	naawg_mac1_write(&second, sizeof(second), &keys_i);
	naawg_mac2_write(&second, sizeof(second), NULL);
	check(f[9].len == sizeof(second) &&
	      !memcmp(&second, f[9].bytes, sizeof(second)));

	check(naawg_noise_finish(&hi, &ii, &second) == NAAWG_OK);
	check(naawg_noise_split(&hi, &ki) && naawg_noise_split(&hr, &kr));
	check(!memcmp(ki.send, f[11].bytes, 32));
	check(!memcmp(ki.recv, f[12].bytes, 32));
	check(!memcmp(kr.recv, f[11].bytes, 32));
	check(!memcmp(kr.send, f[12].bytes, 32));

	naawg_cookie_seal(&reply, first.sender, cookie, first.macs.mac1, nonce,
			  &keys_r);
	check(f[10].len == sizeof(reply) &&
	      !memcmp(&reply, reply_bytes, sizeof(reply)));
	check(naawg_cookie_open(opened, &reply, first.macs.mac1, &keys_r));
	check(!memcmp(opened, cookie, 16));
}

static struct kind {
	const char *word;
	const char *name;
	void (*test)(void);
	int fields;
} kinds[] = {
	{ "blake2s", "BLAKE2s (RFC 7693)", blake2s_plain, 2 },
	{ "blake2s-keyed", "keyed BLAKE2s (RFC 7693)", blake2s_keyed, 3 },
	{ "hmac", "HMAC-BLAKE2s", hmac, 3 },
	{ "kdf", "HKDF with three outputs", kdf, 5 },
	{ "x25519", "X25519 (RFC 7748)", x25519, 3 },
	{ "wycheproof-x25519", "X25519 (Wycheproof)", x25519, 3 },
	{ "aead", "ChaCha20-Poly1305", aead, 6 },
	{ "wycheproof-aead", "ChaCha20-Poly1305 (Wycheproof)", aead, 6 },
	{ "xaead", "XChaCha20-Poly1305", xaead, 5 },
	{ "noise", "published handshakes (flynn)", noise, 14 },
	{ "noise-cacophony", "published handshakes (cacophony)", noise, 14 },
	{ "wireguard", "handshakes of an independent model", wireguard, 13 },
};

static FILE *file;
static struct kind *kind;
static char kind_skip[200];

static size_t unhex(u8 *out, const char *hex)
{
	size_t len = 0;
	unsigned int byte;

	if (!strcmp(hex, "-"))
		return 0;
	for (; sscanf(hex, "%2x", &byte) == 1; hex += 2) {
		assert(len < BYTES_MAX);
		out[len++] = byte;
	}
	return len;
}

/* The next line, cut into its first word and the rest. */
static char *next_line(char **rest)
{
	static char line[FIELDS_MAX * BYTES_MAX * 2];

	if (!fgets(line, sizeof(line), file))
		return NULL;
	line[strcspn(line, "\n")] = 0;
	*rest = line;
	return strsep(rest, " ");
}

/* Was there a reason to collect none of this kind? */
static void find_skip(void)
{
	size_t len = strlen(kind->word);
	char *word, *rest;

	kind_skip[0] = 0;
	rewind(file);
	while ((word = next_line(&rest)))
		if (!strcmp(word, "skip") && !strncmp(rest, kind->word, len) &&
		    rest[len] == ' ')
			snprintf(kind_skip, sizeof(kind_skip), "%s",
				 rest + len + 1);
}

static void run_kind(void)
{
	char *word, *rest;
	int count = 0;

	rewind(file);
	while ((word = next_line(&rest))) {
		if (strcmp(word, kind->word))
			continue;
		memset(f, 0, sizeof(f));
		for (fields = 0; (word = strsep(&rest, " ")); fields++) {
			assert(fields < FIELDS_MAX);
			f[fields].len = unhex(f[fields].bytes, word);
		}
		check(fields == kind->fields);
		kind->test();
		count++;
	}
	check(count);
	printf("# %s: %d vectors\n", kind->word, count);
}

/* The RFC's long run: what each round makes is the next one's scalar. */
static void x25519_thousand(void)
{
	static const u8 want[32] = {
		0x68, 0x4c, 0xf5, 0x9b, 0xa8, 0x33, 0x09, 0x55,
		0x28, 0x00, 0xef, 0x56, 0x6f, 0x2f, 0x4d, 0x3c,
		0x1c, 0x38, 0x87, 0xc4, 0x93, 0x60, 0xe3, 0x87,
		0x5f, 0x2e, 0xb9, 0x4d, 0x99, 0x53, 0x2c, 0x51,
	};
	u8 k[32] = { 9 }, u[32] = { 9 }, scalar[32], out[32];
	int i;

	for (i = 0; i < 1000; i++) {
		memcpy(scalar, k, 32);
		naawg_clamp(scalar);
		check(naawg_dh(out, scalar, u));
		memcpy(u, k, 32);
		memcpy(k, out, 32);
	}
	check(!memcmp(k, want, 32));
}

static void helpers(void)
{
	u8 a[70] = {}, b[70] = {};
	int i;

	for (i = 0; i < 70; i++) {
		check(naawg_is_zero(a, 70) && naawg_equal(a, b, 70));
		a[i] = 0x80;
		check(!naawg_is_zero(a, 70) && !naawg_equal(a, b, 70));
		check(naawg_is_zero(a, i) && naawg_equal(a, b, i));
		naawg_wipe(a, 70);
	}
	check(naawg_is_zero(NULL, 0));
}

int main(int argc, char **argv)
{
	int i;

	file = fopen(argc > 1 ? argv[1] : "out/vectors.txt", "r");
	if (!file) {
		printf("Bail out! no vectors\n");
		return 1;
	}
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		kind = &kinds[i];
		find_skip();
		if (*kind_skip)
			tap_skip(kind->name, kind_skip);
		else
			tap_run(kind->name, run_kind);
	}
	tap_run("X25519 a thousand times (RFC 7748)", x25519_thousand);
	tap_run("memory is compared, checked for zeros and wiped", helpers);
	fclose(file);
	return tap_done();
}
