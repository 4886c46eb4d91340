// SPDX-License-Identifier: GPL-2.0
/* A configuration file and a link, and what leads from one to the other. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "apply/device_diff.h"
#include "apply/endpoint.h"
#include "apply/gone.h"
#include "apply/job.h"
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
#include "netcfg/state.h"

bool job_read(struct job *job)
{
	if (!policy_read(&job->policy, job->policy_path))
		return false;
	if (!conf_file_read(&job->want, &job->quick, job->path)) {
		policy_destroy(&job->policy);
		return false;
	}
	snprintf(job->want.name, sizeof(job->want.name), "%s", job->name);
	/* An identity is changed, but never taken away by a file. */
	if (key_is_zero(job->want.private_key))
		job->want.bits &= ~DEVICE_HAS_PRIVATE_KEY;
	return true;
}

void job_forget(struct job *job)
{
	conf_file_destroy(&job->want, &job->quick);
	policy_destroy(&job->policy);
	device_destroy(&job->now);
}

static int look_at_link(struct job *job)
{
	struct link_list list;
	int ret = nl_list_links(&list, true);
	size_t i;

	if (ret)
		return ret;
	job->index = 0;
	for (i = 0; i < list.n; i++) {
		if (strcmp(list.links[i].name, job->name))
			continue;
		job->index = list.links[i].index;
		job->is_up = list.links[i].flags & IFF_UP;
		job->mtu = list.links[i].mtu;
	}
	link_list_destroy(&list);
	return job->index ? 0 : -ENODEV;
}

static bool choose_fwmark(struct job *job)
{
	bool needs = netcfg_needs_fwmark(&job->want, &job->quick);

	job->mark = job->want.bits & DEVICE_HAS_FWMARK ? job->want.fwmark : 0;
	/* What is free stays so until it is taken, in job_run(). */
	if ((needs || job->mark || job->now.fwmark) && !netcfg_lock())
		return false;
	if (needs) {
		if (!job->mark)
			job->mark = job->now.fwmark ? job->now.fwmark :
						      fwmarks_find_free(job->index);
		if (!job->mark) {
			fprintf(stderr, "%s: no routing table is free for the default route\n",
				prog_name);
			netcfg_unlock();
			return false;
		}
	}
	job->want.fwmark = job->mark;
	job->want.bits |= DEVICE_HAS_FWMARK;
	return true;
}

bool job_see(struct job *job)
{
	int error;

	device_destroy(&job->now);
	error = nl_get_device(job->name, &job->now);
	if (!error)
		error = nl_get_forwards(&job->now);
	if (!error)
		error = look_at_link(job);
	if (!error)
		error = endpoint_sessions(&job->now);
	if (error) {
		fprintf(stderr, "%s: cannot read %s: %s\n", prog_name, job->name,
			strerror(-error));
		hint(error, job->name);
		return false;
	}
	state_names(&job->now);
	return true;
}

bool job_judge(struct job *job)
{
	struct audit audit = {
		.file = job->path,
		.policy = &job->policy,
		.own = key_is_zero(job->now.public_key) ? NULL : job->now.public_key,
		.own_private = key_is_zero(job->now.private_key) ? NULL : job->now.private_key,
		.leave = job->leave,
		.strict = job->strict,
		/* The warnings were printed before there was a link. */
		.quiet = job->judged,
		.live = !job->elsewhere,
		.index = job->index,
	};

	job->judged = true;
	job->refused = !audit_passes(&audit, &job->want, &job->quick);
	return !job->refused;
}

/* Networks are forbidden by the policy, not by the file. */
static bool forbid(struct job *job)
{
	struct allowed_ip *to;
	size_t i;

	job->want.n_forbidden = 0;
	for (i = 0; i < job->policy.forbidden.n; i++) {
		to = device_add_forbidden(&job->want);
		if (!to) {
			fprintf(stderr, "%s: %s\n", prog_name, strerror(ENOMEM));
			return false;
		}
		*to = prefix_masked(&job->policy.forbidden.list[i]);
	}
	return true;
}

bool job_look(struct job *job)
{
	if (!job_see(job) || !job_judge(job))
		return false;
	if (!forbid(job))
		return false;
	endpoint_resolve(&job->want, &job->now);
	/* A name server may take its time, so only now is anybody kept waiting. */
	return choose_fwmark(job);
}

static bool set_device(const struct job *job, const struct device *change)
{
	unsigned int parts;
	int error;

	if (!change->n_peers && !change->bits)
		return true;
	error = nl_set_device(change, &parts);
	if (!error)
		return true;
	fprintf(stderr, "%s: cannot configure %s: %s\n", prog_name, job->name,
		strerror(-error));
	hint(error, job->name);
	return false;
}

static bool set_forwards(const struct device *dev)
{
	size_t refused;
	int error = nl_set_forwards(dev, FORWARDS_REPLACE, &refused);

	return forwards_result(error, dev, refused);
}

/* Whether a forward has the new port, or leads to a network to be forbidden. */
static bool takes(const struct device *change, const struct forward *forward)
{
	struct allowed_ip to = forward->address;
	size_t i;

	if (change->bits & DEVICE_HAS_LISTEN_PORT && forward_takes(forward, change->listen_port))
		return true;
	for (i = 0; to.family && i < change->n_forbidden; i++) {
		to.prefix_len = prefix_max(&to);
		if (prefix_contains(&change->forbidden[i], &to))
			return true;
	}
	return false;
}

/* Adds to @gone the forwards of @now that conflict with the change, if they are to go. */
static bool in_the_way(const struct job *job, const struct device *change,
		       struct device *gone)
{
	const struct forward *has;
	struct forward *to;
	size_t i;

	for (i = 0; i < job->now.n_forwards; i++) {
		has = &job->now.forwards[i];
		if (!takes(change, has) || has_forward(&job->want, has))
			continue;
		to = device_add_forward(gone);
		if (!to)
			return false;
		*to = *has;
	}
	return true;
}

/*
 * A present forward of this link may have the new port, or lead to a network that is to
 * be forbidden. Forwards are the last step, so those in the way are removed first.
 */
static bool free_port(const struct job *job, const struct device *change)
{
	struct device gone;
	size_t refused;
	bool ok;

	if (!(change->bits & (DEVICE_HAS_LISTEN_PORT | DEVICE_REPLACE_FORBIDDEN)))
		return true;
	device_init(&gone, job->name);
	ok = in_the_way(job, change, &gone);
	if (!ok)
		fprintf(stderr, "%s: %s\n", prog_name, strerror(ENOMEM));
	else if (gone.n_forwards)
		ok = forwards_result(nl_set_forwards(&gone, FORWARDS_REMOVE, &refused), &gone,
				     refused);
	device_destroy(&gone);
	return ok;
}

/* Whatever came of it, back to what there was. */
static void restore(const struct job *job, struct rt_list *undo)
{
	struct device there, back;
	size_t refused;
	unsigned int parts;

	netcfg_undo(undo);
	if (job->mtu)
		rt_link_mtu(job->name, job->mtu);
	if (nl_get_device(job->name, &there))
		return;
	/* The port before the forwards, as one of them may have had the new one. */
	if (device_diff(&job->now, &there, &back, NULL) >= 0) {
		nl_set_device(&back, &parts);
		device_destroy(&back);
	}
	if (!nl_get_forwards(&there) && forwards_diff(&job->now, &there, NULL))
		nl_set_forwards(&job->now, FORWARDS_REPLACE, &refused);
	device_destroy(&there);
	fprintf(stderr, "%s: %s is as it was before\n", prog_name, job->name);
}

/* Twice, as an address that goes may take others and their routes along. */
static int run_netcfg(struct job *job, FILE *out, struct rt_list *undo)
{
	bool up = job->is_up || job->bring_up;
	struct rt_list want = { 0 }, now = { 0 };
	int ret;

	ret = netcfg_wanted(&want, &job->want, &job->quick, job->index, job->mark, up);
	if (!ret)
		ret = netcfg_present(&now, job->index, job->mark, job->now.fwmark);
	if (ret)
		fprintf(stderr, "%s: cannot read addresses and routes: %s\n", prog_name,
			strerror(-ret));
	else
		ret = netcfg_diff(&want, &now, out, undo);
	rt_list_destroy(&want);
	rt_list_destroy(&now);
	return ret;
}

static int run_mtu(struct job *job, bool doit)
{
	uint32_t mtu = job->quick.mtu;
	int error = 0;

	if (!mtu && job->bring_up)
		mtu = netcfg_mtu(&job->want, job->mark);
	/* Chosen once: a tunnel does not change its MTU because a route did. */
	if (!mtu || mtu == job->mtu)
		return 0;
	if (job->out)
		fprintf(job->out, "~ mtu %u -> %u\n", job->mtu, mtu);
	if (doit)
		error = rt_link_mtu(job->name, mtu);
	if (!error)
		return 1;
	fprintf(stderr, "%s: cannot set the MTU of %s to %u: %s\n", prog_name, job->name, mtu,
		strerror(-error));
	hint(error, NULL);
	return error;
}

static bool bring_up(const struct job *job)
{
	int error = job->bring_up ? rt_link_up(job->name, true) : 0;

	if (!error)
		return true;
	fprintf(stderr, "%s: cannot set %s up: %s\n", prog_name, job->name, strerror(-error));
	hint(error, job->name);
	return false;
}

/* In this order nothing is routed to a link that does not know it yet. */
static int run_steps(struct job *job, const struct device *change, int forwards,
		     struct rt_list *undo)
{
	int n, mtu, kills;

	if (!free_port(job, change) || !set_device(job, change))
		return -1;
	mtu = run_mtu(job, true);
	if (mtu < 0 || !bring_up(job))
		return -1;
	n = run_netcfg(job, job->out, undo);
	if (n < 0 || (n && run_netcfg(job, NULL, undo) < 0))
		return -1;
	if (forwards && !set_forwards(&job->want))
		return -1;
	/* Not before the routes: until then this may be all that blocks packets. */
	kills = kill_up(&job->want, &job->quick, job->mark, job->out, true);
	if (kills < 0)
		return -1;
	if (netcfg_needs_fwmark(&job->want, &job->quick))
		leak_guard_add(job->name, job->mark, &job->quick);
	else if (job->now.fwmark || gone_is_another(job->name))
		leak_guard_remove(job->name);
	return n + mtu + kills;
}

int job_run(struct job *job, bool doit)
{
	struct rt_list undo = { 0 };
	struct device change;
	int ret, forwards, host, mtu;

	ret = device_diff(&job->want, &job->now, &change, job->out);
	if (ret < 0) {
		netcfg_unlock();
		fprintf(stderr, "%s: %s\n", prog_name, strerror(-ret));
		return ret;
	}
	forwards = forwards_diff(&job->want, &job->now, job->out);
	if (doit) {
		host = run_steps(job, &change, forwards, &undo);
		if (host < 0)
			restore(job, &undo);
		mtu = 0;
	} else {
		mtu = run_mtu(job, false);
		host = run_netcfg(job, job->out, NULL);
		ret += host < 0 ? 0 : kill_up(&job->want, &job->quick, job->mark, job->out, false);
	}
	netcfg_unlock();
	rt_list_destroy(&undo);
	device_destroy(&change);
	if (host < 0)
		return host;
	if (doit)
		forward_warnings(&job->want);
	if (doit && !state_save(&job->want))
		return -1;
	return ret + forwards + host + mtu;
}
