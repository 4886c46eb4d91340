// SPDX-License-Identifier: GPL-2.0
/* Reads the attributes that only events have: who made a change, and what was before. */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/event_codec.h"

/* A program chooses its own name, which may be bytes that a terminal obeys. */
static void get_program(struct device *dev, const struct nlattr *attr)
{
	char *p;

	snprintf(dev->program, sizeof(dev->program), "%.*s",
		 (int)mnl_attr_get_payload_len(attr),
		 (const char *)mnl_attr_get_payload(attr));
	for (p = dev->program; *p; p++)
		if (*p < ' ' || *p > '~')
			*p = '?';
}

static int get_exact(void *to, const struct nlattr *attr, size_t len)
{
	if (mnl_attr_get_payload_len(attr) != len)
		return -EBADMSG;
	memcpy(to, mnl_attr_get_payload(attr), len);
	return 0;
}

static int get_attribute(struct device *dev, const struct nlattr *attr)
{
	switch (mnl_attr_get_type(attr)) {
	case NAAWG_A_DEVICE_OLD_PUBLIC_KEY:
		dev->bits |= DEVICE_HAS_OLD_PUBLIC_KEY;
		return get_exact(dev->old_public_key, attr, KEY_LEN);
	case NAAWG_A_DEVICE_UID:
		dev->bits |= DEVICE_HAS_UID;
		return get_exact(&dev->uid, attr, sizeof(dev->uid));
	case NAAWG_A_DEVICE_PROGRAM:
		get_program(dev, attr);
	}
	return 0;
}

int event_codec_get(struct device *dev, const struct nlmsghdr *nlh, size_t header_len)
{
	const struct nlattr *attr;
	int ret;

	mnl_attr_for_each(attr, nlh, header_len) {
		ret = get_attribute(dev, attr);
		if (ret)
			return ret;
	}
	return 0;
}
