// SPDX-License-Identifier: GPL-2.0
/* The programs of selftests/unit, each a case of one suite of KUnit. */
#include <kunit/test.h>
#include <linux/module.h>

#include "shim.h"
#include "tap.h"

#define COMPLAINTS_MAX	5

static struct kunit *now;
int tap_complaints;

void shim_say(const char *format, ...)
{
	char line[200];
	va_list args;

	va_start(args, format);
	vscnprintf(line, sizeof(line), format, args);
	va_end(args);
	kunit_info(now, "%s", strim(line));
}

void tap_complain(const char *file, int line, const char *what)
{
	if (tap_complaints++ < COMPLAINTS_MAX)
		KUNIT_FAIL(now, "%s:%d: %s", kbasename(file), line, what);
}

void tap_run(const char *name, void (*test)(void))
{
	tap_complaints = 0;
	test();
	if (tap_complaints)
		KUNIT_FAIL(now, "%s", name);
	else
		kunit_info(now, "fine: %s", name);
	cond_resched();
}

void tap_skip(const char *name, const char *why)
{
	kunit_info(now, "skipped: %s: %s", name, why);
}

/* xorshift64*: the same numbers in every run, and as in user space */
unsigned long long tap_random(void)
{
	static unsigned long long state = 88172645463325252ULL;

	/* long runs shall let others run */
	cond_resched();
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return state * 2685821657736338717ULL;
}

void tap_fill(void *bytes, size_t len)
{
	unsigned char *out = bytes;

	while (len--)
		*out++ = tap_random() >> 32;
}

/* -- memory ------------------------------------------------------------------ */

#undef kmalloc
#undef kfree

long shim_objects;
long shim_alloc_left = -1;

void *shim_alloc(size_t n, size_t size, gfp_t gfp)
{
	void *p;

	if (!shim_alloc_left)
		return NULL;
	p = __kmalloc_noprof(size_mul(n, size), gfp);
	if (!p)
		return NULL;
	if (shim_alloc_left > 0)
		shim_alloc_left--;
	shim_objects++;
	return p;
}

/* The tests' own memory is not counted. */
void *shim_plain_alloc(size_t n, size_t size)
{
	return __kmalloc_noprof(size_mul(n, size), GFP_KERNEL | __GFP_ZERO);
}

void shim_plain_free(const void *p)
{
	kfree(p);
}

void shim_free(const void *p)
{
	if (p)
		shim_objects--;
	kfree(p);
}

/* -- the vectors -------------------------------------------------------------- */

extern const char kunit_vectors[], kunit_vectors_end[];

FILE *fopen(const char *name, const char *mode)
{
	static FILE file;

	rewind(&file);
	return &file;
}

void rewind(FILE *file)
{
	file->at = kunit_vectors;
}

char *fgets(char *line, int size, FILE *file)
{
	size_t len = min_t(size_t, size - 1, kunit_vectors_end - file->at);
	const char *end = memchr(file->at, '\n', len);

	if (!len)
		return NULL;
	if (end)
		len = end + 1 - file->at;
	memcpy(line, file->at, len);
	line[len] = 0;
	file->at += len;
	return line;
}

/* -- the suite ---------------------------------------------------------------- */

#define TEST(name) \
	int main_##name(int argc, char **argv); \
	static void case_##name(struct kunit *test) \
	{ \
		static char *argv[2]; \
		long objects; \
		now = test; \
		objects = shim_objects; \
		main_##name(1, argv); \
		KUNIT_EXPECT_EQ(test, objects, shim_objects); \
	}

TEST(aead)
TEST(allowedips)
TEST(coalesce)
TEST(known_sources)
TEST(macs)
TEST(noise)
TEST(reply_budget)
TEST(replay)
TEST(timer_sm)
TEST(segment)
TEST(selftest)
TEST(vectors)
TEST(wire)

static struct kunit_case cases[] = {
	KUNIT_CASE(case_aead),
	KUNIT_CASE(case_allowedips),
	KUNIT_CASE(case_coalesce),
	KUNIT_CASE(case_known_sources),
	KUNIT_CASE(case_macs),
	KUNIT_CASE(case_noise),
	KUNIT_CASE(case_reply_budget),
	KUNIT_CASE(case_replay),
	KUNIT_CASE(case_timer_sm),
	KUNIT_CASE(case_segment),
	KUNIT_CASE(case_selftest),
	KUNIT_CASE(case_vectors),
	KUNIT_CASE(case_wire),
	{}
};

static struct kunit_suite suite = {
	.name = "naawg",
	.test_cases = cases,
};
kunit_test_suite(suite);

MODULE_DESCRIPTION("Unit tests of naawg");
MODULE_LICENSE("GPL");
