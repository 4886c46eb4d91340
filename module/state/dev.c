// SPDX-License-Identifier: GPL-2.0
/* Counters of a device, and dropping of packets in either direction. */
#include <linux/moduleparam.h>
#include <linux/netdevice.h>
#include <linux/tcp.h>
#include <linux/udp.h>

#include "dev.h"

#ifdef NAAWG_DEBUG
unsigned int naawg_time_scale __read_mostly = 1;

static int naawg_set_time_scale(const char *text, const struct kernel_param *param)
{
	return param_set_uint_minmax(text, param, 1, 1000);
}

static const struct kernel_param_ops time_scale_ops = {
	.set = naawg_set_time_scale,
	.get = param_get_uint,
};

module_param_cb(time_scale, &time_scale_ops, &naawg_time_scale, 0444);
MODULE_PARM_DESC(time_scale,
		 "How many times as fast as usual the timers of the protocol run.");
#endif

/**
 * naawg_reason_total() - sum up the counter of a reason
 * @dev: the device
 * @reason: the reason
 *
 * Context: any.
 * Return: the sum over all CPUs; approximate while packets flow.
 */
u64 naawg_reason_total(const struct naawg_dev *dev, enum naawg_reason reason)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(dev->counters, cpu)->reason[reason]);
	return sum;
}

/**
 * naawg_counter_name() - stable lower-case name of a counter
 * @counter: the counter
 *
 * Context: any.
 * Return: a static string.
 */
const char *naawg_counter_name(enum naawg_counter counter)
{
	static const char *const names[NAAWG_COUNTER_COUNT] = {
#define NAAWG_COUNTER(symbol, name, ...)	\
		[NAAWG_C_##symbol] = name,
#include "counter_list.h"
#undef NAAWG_COUNTER
	};

	return names[counter];
}

/**
 * naawg_counter_total() - read a counter
 * @dev: the device
 * @counter: the counter
 *
 * Context: any.
 * Return: the sum over all CPUs; for staged packets, their present number or bytes.
 * The value is approximate while packets flow.
 */
u64 naawg_counter_total(const struct naawg_dev *dev,
			enum naawg_counter counter)
{
	u64 sum = 0;
	int cpu;

	if (counter == NAAWG_C_STAGED_PACKETS)
		return READ_ONCE(dev->staging.count);
	if (counter == NAAWG_C_STAGED_BYTES)
		return READ_ONCE(dev->staging.bytes);
	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(dev->counters, cpu)->batch[counter]);
	return sum;
}

/* Returns the length of the headers that each packet of a GSO packet has. */
static u32 shared_headers(const struct sk_buff *skb)
{
	int headers = skb_transport_header_was_set(skb) ?
		      skb_transport_offset(skb) : 0;
	const struct tcphdr *tcp;
	struct tcphdr buffer;

	if (skb_is_gso_tcp(skb)) {
		tcp = skb_header_pointer(skb, headers, sizeof(buffer), &buffer);
		headers += tcp ? tcp->doff * 4 : sizeof(buffer);
	} else if (skb_shinfo(skb)->gso_type & SKB_GSO_UDP_L4) {
		headers += sizeof(struct udphdr);
	}
	/* the data may begin behind the headers already */
	return max(headers, 0);
}

/**
 * naawg_packets_in() - count the packets that an skb stands for
 * @skb: a packet or a GSO packet
 *
 * In a GSO packet from a tun device or a packet socket the number of segments is 0,
 * as the stack computes it later.
 *
 * Context: any.
 * Return: at least 1.
 */
unsigned int naawg_packets_in(const struct sk_buff *skb)
{
	const struct skb_shared_info *info = skb_shinfo(skb);
	u32 headers;

	if (likely(!info->gso_size))
		return 1;
	if (info->gso_segs)
		return info->gso_segs;
	headers = shared_headers(skb);
	if (skb->len <= headers)
		return 1;
	return DIV_ROUND_UP(skb->len - headers, info->gso_size);
}

/**
 * naawg_bytes_in() - count the bytes that an skb stands for
 * @skb: a packet or a GSO packet
 *
 * A GSO packet contains the headers once, but each of its packets has them.
 *
 * Context: any.
 * Return: the bytes of all packets, headers included.
 */
u32 naawg_bytes_in(const struct sk_buff *skb)
{
	if (!skb_is_gso(skb))
		return skb->len;
	return skb->len + (naawg_packets_in(skb) - 1) * shared_headers(skb);
}

/**
 * naawg_drop_inner() - drop an inner packet that was to be sent
 * @dev: the device
 * @skb: the packet; consumed. A GSO packet counts as the packets it stands for.
 * @reason: the reason
 *
 * Context: any.
 */
void naawg_drop_inner(struct naawg_dev *dev, struct sk_buff *skb,
		      enum naawg_reason reason)
{
	unsigned int n = naawg_packets_in(skb);

	naawg_reason_add(dev, reason, n);
	if (reason == NAAWG_R_STAGE_FULL || reason == NAAWG_R_STAGE_EXPIRED ||
	    reason == NAAWG_R_STAGE_DEVICE_FULL ||
	    reason == NAAWG_R_UNREACHABLE)
		DEV_STATS_ADD(dev->netdev, tx_dropped, n);
	else
		DEV_STATS_ADD(dev->netdev, tx_errors, n);
	kfree_skb(skb);
}

static void refuse_outer(struct naawg_dev *dev, enum naawg_reason reason,
			 unsigned int n)
{
	struct net_device *netdev = dev->netdev;

	naawg_reason_add(dev, reason, n);
	switch (reason) {
	case NAAWG_R_UNALLOWED_SOURCE:
	case NAAWG_R_INNER_NOT_IP:
		DEV_STATS_ADD(netdev, rx_errors, n);
		DEV_STATS_ADD(netdev, rx_frame_errors, n);
		break;
	case NAAWG_R_INNER_MALFORMED:
		DEV_STATS_ADD(netdev, rx_errors, n);
		DEV_STATS_ADD(netdev, rx_length_errors, n);
		break;
	case NAAWG_R_QUEUE_FULL:
	case NAAWG_R_NO_MEMORY:
	case NAAWG_R_FORBIDDEN:
		DEV_STATS_ADD(netdev, rx_dropped, n);
		break;
	default:
		break;
	}
}

/**
 * naawg_refuse_outer() - count a received message as dropped
 * @dev: the device
 * @reason: the reason
 *
 * Messages that any host can send are counted by reason only. The error counters of
 * the link only count packets that its peers sent.
 *
 * Context: any.
 */
void naawg_refuse_outer(struct naawg_dev *dev, enum naawg_reason reason)
{
	refuse_outer(dev, reason, 1);
}

/**
 * naawg_drop_outer() - drop a received packet
 * @dev: the device
 * @skb: the packet; consumed. A GSO packet counts as the packets it stands for.
 * @reason: the reason
 *
 * Context: any.
 */
void naawg_drop_outer(struct naawg_dev *dev, struct sk_buff *skb,
		      enum naawg_reason reason)
{
	refuse_outer(dev, reason, naawg_packets_in(skb));
	kfree_skb(skb);
}
