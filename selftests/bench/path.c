// SPDX-License-Identifier: GPL-2.0
/*
 * Injects packets into a tunnel, and counts and drops them behind it, without programs and
 * without TCP.
 *
 * Parameter "sink" names a device of the writer's namespace. Packets that it receives are
 * dropped there. On an outer device these are only data messages. Parameter "send" names a
 * tunnel and says what is sent through it. The write returns when all packets have arrived,
 * and the parameter then has the result.
 */
#include <linux/if_arp.h>
#include <linux/inet.h>
#include <linux/interrupt.h>
#include <linux/ip.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/nsproxy.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <linux/wait.h>
#include <net/checksum.h>
#include <net/ip.h>
#include <net/tcp.h>

#define SEGMENTS	45
#define SEGMENT		1368
#define SMALL		64
#define BURST		64
/* Datagrams on their way at most: less than any queue of either driver holds. */
#define FLIGHT		512
/* Two pieces of memory hold the payload of a GSO packet. */
#define PIECE_ORDER	get_order(32768)
/* First byte of a data message of WireGuard. */
#define DATA_MESSAGE	4

static struct net_device *sink;
static struct page *pieces[2];
static char result[128];

static atomic64_t arrived;
static s64 wake_at = S64_MAX;
static DECLARE_WAIT_QUEUE_HEAD(waiters);

/**
 * struct job - what is sent
 * @dev: the tunnel
 * @super: GSO packets, otherwise packets of 64 bytes
 * @saddr: inner source address
 * @daddr: inner destination address
 * @seq: TCP sequence number of the next GSO packet
 * @id: IPv4 identification of the next packet
 * @sent: datagrams sent so far
 */
static struct job {
	struct net_device *dev;
	bool super;
	__be32 saddr, daddr;
	u32 seq;
	u16 id;
	s64 sent;
} job;

/* Handshake messages that an outer device receives go on to their socket. */
static bool is_counted(struct sk_buff *skb)
{
	const u32 offset = sizeof(struct iphdr) + sizeof(struct udphdr);
	u8 type;

	if (skb->dev->type == ARPHRD_NONE)
		return true;
	return skb->protocol == htons(ETH_P_IP) && !skb_copy_bits(skb, offset, &type, 1) &&
	       type == DATA_MESSAGE;
}

static rx_handler_result_t drop(struct sk_buff **pskb)
{
	struct sk_buff *skb = *pskb;
	s64 now;

	if (!is_counted(skb))
		return RX_HANDLER_PASS;
	now = atomic64_add_return(max_t(u16, 1, skb_shinfo(skb)->gso_segs), &arrived);
	if (now >= READ_ONCE(wake_at))
		wake_up(&waiters);
	consume_skb(skb);
	return RX_HANDLER_CONSUMED;
}

static int set_sink(const char *text, const struct kernel_param *param)
{
	char name[IFNAMSIZ] = "";
	int err = 0;

	rtnl_lock();
	if (sink) {
		netdev_rx_handler_unregister(sink);
		dev_put(sink);
		sink = NULL;
	}
	if (sscanf(text, "%15s", name) == 1 && *name) {
		sink = dev_get_by_name(current->nsproxy->net_ns, name);
		err = sink ? netdev_rx_handler_register(sink, drop, NULL) : -ENODEV;
		if (err && sink) {
			dev_put(sink);
			sink = NULL;
		}
	}
	rtnl_unlock();
	return err;
}

static void put_ip(struct sk_buff *skb, u8 protocol, u32 len)
{
	struct iphdr *ip = skb_put_zero(skb, sizeof(*ip));

	ip->version = 4;
	ip->ihl = sizeof(*ip) / 4;
	ip->tot_len = htons(len);
	ip->id = htons(job.id);
	ip->frag_off = htons(IP_DF);
	ip->ttl = 64;
	ip->protocol = protocol;
	ip->saddr = job.saddr;
	ip->daddr = job.daddr;
	ip_send_check(ip);
	skb->protocol = htons(ETH_P_IP);
	skb->dev = job.dev;
}

static void put_tcp(struct sk_buff *skb)
{
	struct tcphdr *tcp = skb_put_zero(skb, sizeof(*tcp) + TCPOLEN_TSTAMP_ALIGNED);
	__be32 *option = (__be32 *)(tcp + 1);
	u32 len = sizeof(*tcp) + TCPOLEN_TSTAMP_ALIGNED + SEGMENTS * SEGMENT;

	tcp->source = htons(1000);
	tcp->dest = htons(1001);
	tcp->seq = htonl(job.seq);
	tcp->ack_seq = htonl(1);
	tcp->doff = (sizeof(*tcp) + TCPOLEN_TSTAMP_ALIGNED) / 4;
	tcp->ack = 1;
	tcp->window = htons(1000);
	*option = htonl((TCPOPT_NOP << 24) | (TCPOPT_NOP << 16) |
			(TCPOPT_TIMESTAMP << 8) | TCPOLEN_TIMESTAMP);
	tcp->check = ~csum_tcpudp_magic(job.saddr, job.daddr, len, IPPROTO_TCP, 0);
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb_headroom(skb) + skb_transport_offset(skb);
	skb->csum_offset = offsetof(struct tcphdr, check);
}

static struct sk_buff *super_packet(void)
{
	const u32 headers = sizeof(struct iphdr) + sizeof(struct tcphdr) + TCPOLEN_TSTAMP_ALIGNED;
	struct sk_buff *skb = alloc_skb(LL_MAX_HEADER + headers, GFP_ATOMIC);
	u32 left = SEGMENTS * SEGMENT, len;
	int i;

	if (!skb)
		return NULL;
	skb_reserve(skb, LL_MAX_HEADER);
	skb_reset_network_header(skb);
	put_ip(skb, IPPROTO_TCP, headers + left);
	skb_set_transport_header(skb, sizeof(struct iphdr));
	put_tcp(skb);
	for (i = 0; left; i++, left -= len) {
		len = min_t(u32, left, PAGE_SIZE << PIECE_ORDER);
		get_page(pieces[i]);
		skb_add_rx_frag(skb, i, pieces[i], 0, len, len);
	}
	skb_shinfo(skb)->gso_size = SEGMENT;
	skb_shinfo(skb)->gso_segs = SEGMENTS;
	skb_shinfo(skb)->gso_type = SKB_GSO_TCPV4;
	job.seq += SEGMENTS * SEGMENT;
	job.id += SEGMENTS;
	job.sent += SEGMENTS;
	return skb;
}

static struct sk_buff *small_packet(void)
{
	struct sk_buff *skb = alloc_skb(LL_MAX_HEADER + SMALL, GFP_ATOMIC);
	struct udphdr *udp;

	if (!skb)
		return NULL;
	skb_reserve(skb, LL_MAX_HEADER);
	skb_reset_network_header(skb);
	put_ip(skb, IPPROTO_UDP, SMALL);
	skb_set_transport_header(skb, sizeof(struct iphdr));
	udp = skb_put_zero(skb, SMALL - sizeof(struct iphdr));
	udp->source = htons(1000);
	udp->dest = htons(1001);
	udp->len = htons(SMALL - sizeof(struct iphdr));
	job.id++;
	job.sent++;
	return skb;
}

/* A softirq sends a burst, like a network card whose packets are forwarded. */
static void send_burst(struct tasklet_struct *tasklet)
{
	unsigned int i, n = job.super ? 1 : BURST;

	for (i = 0; i < n; i++) {
		struct sk_buff *skb = job.super ? super_packet() : small_packet();

		if (skb)
			dev_queue_xmit(skb);
	}
}

static DECLARE_TASKLET(burst, send_burst);

static bool wait_until(s64 count)
{
	bool came;

	WRITE_ONCE(wake_at, count);
	came = wait_event_timeout(waiters, atomic64_read(&arrived) >= count, HZ / 2);
	WRITE_ONCE(wake_at, S64_MAX);
	return came;
}

static void send_all(s64 count)
{
	u64 begin = ktime_get_ns();
	bool all = true;

	atomic64_set(&arrived, 0);
	job.sent = 0;
	while (all && job.sent < count) {
		local_bh_disable();
		tasklet_schedule(&burst);
		local_bh_enable();
		cond_resched();
		if (job.sent - atomic64_read(&arrived) > FLIGHT)
			all = wait_until(job.sent - FLIGHT / 2);
	}
	all = all && wait_until(job.sent);
	snprintf(result, sizeof(result), "{\"datagrams\": %lld, \"lost\": %lld, \"ns\": %llu}\n",
		 job.sent, all ? 0 : job.sent - atomic64_read(&arrived), ktime_get_ns() - begin);
}

static int set_send(const char *text, const struct kernel_param *param)
{
	char name[IFNAMSIZ], from[16], to[16];
	unsigned int super, count;

	if (sscanf(text, "%15s %u %15s %15s %u", name, &super, from, to, &count) != 5)
		return -EINVAL;
	job = (struct job){
		.dev = dev_get_by_name(current->nsproxy->net_ns, name),
		.super = super,
		.saddr = in_aton(from),
		.daddr = in_aton(to),
	};
	if (!job.dev)
		return -ENODEV;
	send_all(count);
	tasklet_kill(&burst);
	dev_put(job.dev);
	return 0;
}

static int get_send(char *text, const struct kernel_param *param)
{
	return sysfs_emit(text, "%s", result);
}

static const struct kernel_param_ops sink_ops = { .set = set_sink };
static const struct kernel_param_ops send_ops = { .set = set_send, .get = get_send };

module_param_cb(sink, &sink_ops, NULL, 0200);
MODULE_PARM_DESC(sink, "device whose packets are counted and dropped; empty for none");
module_param_cb(send, &send_ops, NULL, 0600);
MODULE_PARM_DESC(send, "DEVICE SUPER FROM TO COUNT: datagrams to send; then the result");

static void free_pieces(void)
{
	if (pieces[0])
		__free_pages(pieces[0], PIECE_ORDER);
	if (pieces[1])
		__free_pages(pieces[1], PIECE_ORDER);
}

static int __init path_init(void)
{
	int i;

	for (i = 0; i < 2; i++)
		pieces[i] = alloc_pages(GFP_KERNEL | __GFP_COMP | __GFP_ZERO, PIECE_ORDER);
	if (pieces[0] && pieces[1])
		return 0;
	free_pieces();
	return -ENOMEM;
}

static void __exit path_exit(void)
{
	set_sink("", NULL);
	free_pieces();
}

module_init(path_init);
module_exit(path_exit);
MODULE_DESCRIPTION("sends packets through a tunnel, and counts them behind it");
MODULE_LICENSE("GPL");
