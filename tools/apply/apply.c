// SPDX-License-Identifier: GPL-2.0
/* Makes a link what its configuration file says. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "apply/apply.h"
#include "apply/device_diff.h"
#include "apply/endpoint.h"
#include "apply/forwards_diff.h"
#include "apply/gone.h"
#include "apply/lock.h"
#include "audit/local.h"
#include "conf/conf_file.h"
#include "lib/forward.h"
#include "lib/hints.h"
#include "lib/keys.h"
#include "lib/nl.h"
#include "lib/nl_links.h"
#include "lib/prog.h"
#include "netcfg/forward_report.h"
#include "netcfg/fwmarks.h"
#include "netcfg/kill.h"
#include "netcfg/leak_guard.h"
#include "netcfg/netcfg.h"
#include "netcfg/rt_link.h"
#include "netcfg/state.h"
#include "netcfg/tunnel_mtu.h"

bool apply_read(struct apply *apply)
{
	if (!policy_read(&apply->policy, apply->policy_path))
		return false;
	if (!conf_file_read(&apply->want, &apply->quick, apply->path)) {
		policy_destroy(&apply->policy);
		return false;
	}
	snprintf(apply->want.name, sizeof(apply->want.name), "%s", apply->name);
	/* A file may change the private key, but never remove it. */
	if (key_is_zero(apply->want.private_key))
		apply->want.bits &= ~DEVICE_HAS_PRIVATE_KEY;
	return true;
}

void apply_destroy(struct apply *apply)
{
	conf_file_destroy(&apply->want, &apply->quick);
	policy_destroy(&apply->policy);
	device_destroy(&apply->now);
}

static int read_link(struct apply *apply)
{
	struct link_list list;
	int ret = nl_list_links(&list, true);
	size_t i;

	if (ret)
		return ret;
	apply->index = 0;
	for (i = 0; i < list.n; i++) {
		if (strcmp(list.links[i].name, apply->name))
			continue;
		apply->index = list.links[i].index;
		apply->is_up = list.links[i].flags & IFF_UP;
		apply->mtu = list.links[i].mtu;
	}
	link_list_destroy(&list);
	return apply->index ? 0 : -ENODEV;
}

static bool choose_fwmark(struct apply *apply)
{
	bool needs = netcfg_needs_fwmark(&apply->want, &apply->quick);

	apply->mark = apply->want.bits & DEVICE_HAS_FWMARK ? apply->want.fwmark : 0;
	/* The lock keeps the number free until apply_run() uses it. */
	if ((needs || apply->mark || apply->now.fwmark) && !netcfg_lock())
		return false;
	if (needs) {
		if (!apply->mark)
			apply->mark = apply->now.fwmark ? apply->now.fwmark :
							  fwmarks_find_free(apply->index);
		if (!apply->mark) {
			fprintf(stderr, "%s: no routing table is free for the default route\n",
				prog_name);
			netcfg_unlock();
			return false;
		}
	}
	apply->want.fwmark = apply->mark;
	apply->want.bits |= DEVICE_HAS_FWMARK;
	return true;
}

bool apply_snapshot(struct apply *apply)
{
	int error;

	device_destroy(&apply->now);
	error = nl_get_device(apply->name, &apply->now);
	if (!error)
		error = nl_get_forwards(&apply->now);
	if (!error)
		error = read_link(apply);
	if (!error)
		error = endpoint_sessions(&apply->now);
	if (error) {
		fprintf(stderr, "%s: cannot read %s: %s\n", prog_name, apply->name,
			strerror(-error));
		hint(error, apply->name);
		return false;
	}
	state_names(&apply->now);
	return true;
}

bool apply_audit(struct apply *apply)
{
	struct audit audit = {
		.file = apply->path,
		.policy = &apply->policy,
		.own = key_is_zero(apply->now.public_key) ? NULL : apply->now.public_key,
		.own_private =
			key_is_zero(apply->now.private_key) ? NULL : apply->now.private_key,
		.leave = apply->leave,
		.strict = apply->strict,
		/* The audit before the link was made has printed the warnings. */
		.quiet = apply->audited,
		.live = !apply->elsewhere,
		.index = apply->index,
	};

	apply->audited = true;
	apply->refused = !audit_passes(&audit, &apply->want, &apply->quick);
	return !apply->refused;
}

/* The policy forbids networks, not the file. */
static bool forbid(struct apply *apply)
{
	struct allowed_ip *to;
	size_t i;

	apply->want.n_forbidden = 0;
	for (i = 0; i < apply->policy.forbidden.n; i++) {
		to = device_add_forbidden(&apply->want);
		if (!to) {
			fprintf(stderr, "%s: %s\n", prog_name, strerror(ENOMEM));
			return false;
		}
		*to = prefix_masked(&apply->policy.forbidden.list[i]);
	}
	return true;
}

bool apply_plan(struct apply *apply)
{
	if (!apply_snapshot(apply) || !apply_audit(apply))
		return false;
	if (!forbid(apply))
		return false;
	endpoint_resolve(&apply->want, &apply->now);
	/* Take the lock only now, as name servers may be slow. */
	return choose_fwmark(apply);
}

static bool set_device(const struct apply *apply, const struct device *change)
{
	unsigned int parts;
	int error;

	if (!change->n_peers && !change->bits)
		return true;
	error = nl_set_device(change, &parts);
	if (!error)
		return true;
	fprintf(stderr, "%s: cannot configure %s: %s\n", prog_name, apply->name,
		strerror(-error));
	hint(error, apply->name);
	return false;
}

static bool set_forwards(const struct device *dev)
{
	size_t refused;
	int error = nl_set_forwards(dev, FORWARDS_REPLACE, &refused);

	return forwards_result(error, dev, refused);
}

/* Whether a forward takes the new port, or leads to a network the change forbids. */
static bool conflicts(const struct device *change, const struct forward *forward)
{
	struct allowed_ip to = forward->address;
	size_t i;

	if (change->bits & DEVICE_HAS_LISTEN_PORT &&
	    forward_takes(forward, change->listen_port))
		return true;
	for (i = 0; to.family && i < change->n_forbidden; i++) {
		to.prefix_len = prefix_max(&to);
		if (prefix_contains(&change->forbidden[i], &to))
			return true;
	}
	return false;
}

/* Adds to @gone the present forwards that conflict with the change and are not wanted. */
static bool find_conflicts(const struct apply *apply, const struct device *change,
			   struct device *gone)
{
	const struct forward *has;
	struct forward *to;
	size_t i;

	for (i = 0; i < apply->now.n_forwards; i++) {
		has = &apply->now.forwards[i];
		if (!conflicts(change, has) || has_forward(&apply->want, has))
			continue;
		to = device_add_forward(gone);
		if (!to)
			return false;
		*to = *has;
	}
	return true;
}

/*
 * A present forward of this link may take the new port, or lead to a network that the
 * change forbids. Forwards are set in the last step, so conflicting ones are removed first.
 */
static bool remove_conflicts(const struct apply *apply, const struct device *change)
{
	struct device gone;
	size_t refused;
	bool ok;

	if (!(change->bits & (DEVICE_HAS_LISTEN_PORT | DEVICE_REPLACE_FORBIDDEN)))
		return true;
	device_init(&gone, apply->name);
	ok = find_conflicts(apply, change, &gone);
	if (!ok)
		fprintf(stderr, "%s: %s\n", prog_name, strerror(ENOMEM));
	else if (gone.n_forwards)
		ok = forwards_result(nl_set_forwards(&gone, FORWARDS_REMOVE, &refused), &gone,
				     refused);
	device_destroy(&gone);
	return ok;
}

/* Restores the snapshot; errors on the way are ignored. */
static void restore(const struct apply *apply, struct rt_list *undo)
{
	struct device there, back;
	size_t refused;
	unsigned int parts;

	netcfg_undo(undo);
	if (apply->mtu)
		rt_link_mtu(apply->name, apply->mtu);
	if (nl_get_device(apply->name, &there))
		return;
	/* Restore the port before the forwards: one of them may use the new port. */
	if (device_diff(&apply->now, &there, &back, NULL) >= 0) {
		nl_set_device(&back, &parts);
		device_destroy(&back);
	}
	if (!nl_get_forwards(&there) && forwards_diff(&apply->now, &there, NULL))
		nl_set_forwards(&apply->now, FORWARDS_REPLACE, &refused);
	device_destroy(&there);
	fprintf(stderr, "%s: %s is as it was before\n", prog_name, apply->name);
}

/* Run this twice: removing an address may remove others and their routes. */
static int run_netcfg(struct apply *apply, FILE *out, struct rt_list *undo)
{
	bool up = apply->is_up || apply->bring_up;
	struct rt_list want = { 0 }, now = { 0 };
	int ret;

	ret = netcfg_wanted(&want, &apply->want, &apply->quick, apply->index, apply->mark, up);
	if (!ret)
		ret = netcfg_present(&now, apply->index, apply->mark, apply->now.fwmark);
	if (ret)
		fprintf(stderr, "%s: cannot read addresses and routes: %s\n", prog_name,
			strerror(-ret));
	else
		ret = netcfg_diff(&want, &now, out, undo);
	rt_list_destroy(&want);
	rt_list_destroy(&now);
	return ret;
}

static int run_mtu(struct apply *apply, bool doit)
{
	uint32_t mtu = apply->quick.mtu;
	int error = 0;

	if (!mtu && apply->bring_up)
		mtu = tunnel_mtu(&apply->want, apply->mark);
	/* The MTU is chosen once: a tunnel keeps it when a route changes. */
	if (!mtu || mtu == apply->mtu)
		return 0;
	if (apply->out)
		fprintf(apply->out, "~ mtu %u -> %u\n", apply->mtu, mtu);
	if (doit)
		error = rt_link_mtu(apply->name, mtu);
	if (!error)
		return 1;
	fprintf(stderr, "%s: cannot set the MTU of %s to %u: %s\n", prog_name, apply->name, mtu,
		strerror(-error));
	hint(error, NULL);
	return error;
}

static bool bring_up(const struct apply *apply)
{
	int error = apply->bring_up ? rt_link_up(apply->name, true) : 0;

	if (!error)
		return true;
	fprintf(stderr, "%s: cannot set %s up: %s\n", prog_name, apply->name, strerror(-error));
	hint(error, apply->name);
	return false;
}

/* In this order no packet is routed to a link before it has the peer for it. */
static int run_steps(struct apply *apply, const struct device *change, int forwards,
		     struct rt_list *undo)
{
	int n, mtu, kills;

	if (!remove_conflicts(apply, change) || !set_device(apply, change))
		return -1;
	mtu = run_mtu(apply, true);
	if (mtu < 0 || !bring_up(apply))
		return -1;
	n = run_netcfg(apply, apply->out, undo);
	if (n < 0 || (n && run_netcfg(apply, NULL, undo) < 0))
		return -1;
	if (forwards && !set_forwards(&apply->want))
		return -1;
	/* Change these after the routes: until then they may be all that blocks packets. */
	kills = kill_up(&apply->want, &apply->quick, apply->mark, apply->out, true);
	if (kills < 0)
		return -1;
	if (netcfg_needs_fwmark(&apply->want, &apply->quick))
		leak_guard_add(apply->name, apply->mark, &apply->quick);
	else if (apply->now.fwmark || gone_is_another(apply->name))
		leak_guard_remove(apply->name);
	return n + mtu + kills;
}

int apply_run(struct apply *apply, bool doit)
{
	struct rt_list undo = { 0 };
	struct device change;
	int ret, forwards, host, mtu;

	ret = device_diff(&apply->want, &apply->now, &change, apply->out);
	if (ret < 0) {
		netcfg_unlock();
		fprintf(stderr, "%s: %s\n", prog_name, strerror(-ret));
		return ret;
	}
	forwards = forwards_diff(&apply->want, &apply->now, apply->out);
	if (doit) {
		host = run_steps(apply, &change, forwards, &undo);
		if (host < 0)
			restore(apply, &undo);
		mtu = 0;
	} else {
		mtu = run_mtu(apply, false);
		host = run_netcfg(apply, apply->out, NULL);
		ret += host < 0 ? 0 :
				  kill_up(&apply->want, &apply->quick, apply->mark, apply->out,
					  false);
	}
	netcfg_unlock();
	rt_list_destroy(&undo);
	device_destroy(&change);
	if (host < 0)
		return host;
	if (doit)
		forward_warnings(&apply->want);
	if (doit && !state_save(&apply->want))
		return -1;
	return ret + forwards + host + mtu;
}
