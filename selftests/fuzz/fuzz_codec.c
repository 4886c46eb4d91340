// SPDX-License-Identifier: GPL-2.0
/*
 * The tool reads the kernel's replies, and anything else in their place. A reply
 * that it accepts stays the same when it is written and read again, cut into
 * messages of any size.
 */
#include <linux/genetlink.h>

#define FUZZ_TOOL
#include "fuzz.h"
#include "same.h"

#include "lib/codec.h"
#include "lib/event_codec.h"
#include "lib/forward.h"
#include "lib/forward_codec.h"

#define HEADER	sizeof(struct genlmsghdr)

static struct nlmsghdr *begin(void *buf)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);

	mnl_nlmsg_put_extra_header(nlh, HEADER);
	return nlh;
}

static void device(struct nlmsghdr *nlh, size_t room)
{
	struct codec_cursor cursor = { 0 };
	struct device dev, copy;
	int messages = 0;
	void *buf;

	device_init(&dev, "");
	device_init(&copy, "");
	if (codec_get(&dev, nlh, HEADER))
		goto out;
	cursor.dev = &dev;
	for (;;) {
		struct nlmsghdr *one;

		buf = calloc(1, room);
		one = begin(buf);
		if (!codec_put(&cursor, one, room)) {
			free(buf);
			break;
		}
		must(one->nlmsg_len <= room && ++messages < 10000);
		must(!codec_get(&copy, one, HEADER));
		free(buf);
	}
	same_device(&dev, &copy);
	must(!strcmp(dev.name, copy.name));
out:
	device_destroy(&dev);
	device_destroy(&copy);
}

static void forwards(struct nlmsghdr *nlh)
{
	char text[FORWARD_TEXT_LEN];
	struct device dev, copy;
	struct nlmsghdr *one;
	size_t i;
	void *buf;

	device_init(&dev, "");
	device_init(&copy, "");
	if (!forward_get(&dev, nlh, HEADER)) {
		for (i = 0; i < dev.n_forwards; i++) {
			forward_text(text, &dev.forwards[i]);
			must(strlen(text) < sizeof(text));
			buf = calloc(1, NLMSG_HDRLEN + HEADER + FORWARD_ROOM);
			one = begin(buf);
			forward_put(one, &dev.forwards[i], fuzz_pick(2));
			must(one->nlmsg_len <=
			     NLMSG_HDRLEN + HEADER + FORWARD_ROOM);
			must(!forward_get(&copy, one, HEADER));
			free(buf);
		}
		must(copy.n_forwards == dev.n_forwards);
	}
	device_destroy(&dev);
	device_destroy(&copy);
}

/* The name of a program is safe to print, also a bad one. */
static void author(struct nlmsghdr *nlh)
{
	struct device dev;
	char *p;

	device_init(&dev, "");
	if (!event_codec_get(&dev, nlh, HEADER)) {
		must(memchr(dev.program, '\0', sizeof(dev.program)));
		for (p = dev.program; *p; p++)
			must(*p >= ' ' && *p <= '~');
	}
	device_destroy(&dev);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct nlmsghdr *nlh;
	size_t room;

	if (size < 1)
		return 0;
	room = 512 + data[0] * 64;
	data++;
	size--;
	fuzz_from(data, size);
	/* as long as it says, padding included, and so a fence on its own */
	nlh = calloc(1, MNL_ALIGN(NLMSG_HDRLEN + HEADER + size));
	begin(nlh);
	memcpy((char *)nlh + NLMSG_HDRLEN + HEADER, data, size);
	nlh->nlmsg_len += size;
	device(nlh, room);
	forwards(nlh);
	author(nlh);
	free(nlh);
	return 0;
}
