// SPDX-License-Identifier: GPL-2.0
/*
 * naawg-upgrade reads the replies of the driver that has the names "wireguard". One that it
 * accepts stays the same when it is written and read again, cut into messages of any size,
 * and also in the form of naawg's own family, in which it is saved meanwhile.
 */
#include <linux/genetlink.h>

#define FUZZ_TOOL
#include "fuzz.h"
#include "same.h"

#include "lib/stock_codec.h"

#define HEADER	sizeof(struct genlmsghdr)

struct form {
	bool (*put)(struct codec_cursor *cursor, struct nlmsghdr *nlh, size_t room);
	int (*get)(struct device *dev, const struct nlmsghdr *nlh, size_t header_len);
};

static const struct form forms[] = {
	{ stock_codec_put, stock_codec_get },
	{ codec_put, codec_get },
};

static struct nlmsghdr *begin(void *buf)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);

	mnl_nlmsg_put_extra_header(nlh, HEADER);
	return nlh;
}

static void again(const struct device *dev, const struct form *form, size_t room)
{
	struct codec_cursor cursor = { .dev = dev };
	struct nlmsghdr *one;
	struct device copy;
	int messages = 0;
	bool more = true;
	void *buf;

	device_init(&copy, "");
	while (more) {
		buf = calloc(1, room);
		one = begin(buf);
		more = form->put(&cursor, one, room);
		if (more) {
			must(one->nlmsg_len <= room && ++messages < 10000);
			must(!form->get(&copy, one, HEADER));
		}
		free(buf);
	}
	same_device(dev, &copy);
	device_destroy(&copy);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct nlmsghdr *nlh;
	struct device dev;
	size_t room, i;

	if (size < 1)
		return 0;
	room = 512 + data[0] * 64;
	data++;
	size--;
	/* as long as it says, padding included, and so a fence on its own */
	nlh = calloc(1, MNL_ALIGN(NLMSG_HDRLEN + HEADER + size));
	begin(nlh);
	memcpy((char *)nlh + NLMSG_HDRLEN + HEADER, data, size);
	nlh->nlmsg_len += size;
	device_init(&dev, "");
	if (!stock_codec_get(&dev, nlh, HEADER))
		for (i = 0; i < 2; i++)
			again(&dev, &forms[i], room);
	device_destroy(&dev);
	free(nlh);
	return 0;
}
