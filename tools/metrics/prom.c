// SPDX-License-Identifier: GPL-2.0
/* Prints samples in the text format of Prometheus, version 0.0.4. */

#include <inttypes.h>

#include "metrics/escape.h"
#include "metrics/prom.h"

#define US_PER_SEC	1000000

void prom_begin(struct prom *prom, const struct prom_metric *metric)
{
	prom->metric = metric;
	prom->described = false;
	prom->labelled = false;
}

static void begin_sample(struct prom *prom)
{
	const struct prom_metric *metric = prom->metric;

	if (!prom->described)
		fprintf(prom->out, "# HELP %s %s\n# TYPE %s %s\n", metric->name, metric->help,
			metric->name, metric->counts ? "counter" : "gauge");
	prom->described = true;
	fputs(metric->name, prom->out);
}

void prom_label(struct prom *prom, const char *name, const char *value)
{
	if (!prom->labelled)
		begin_sample(prom);
	fprintf(prom->out, "%c%s=\"", prom->labelled ? ',' : '{', name);
	escape_label(prom->out, value);
	putc('"', prom->out);
	prom->labelled = true;
}

static void end_labels(struct prom *prom)
{
	if (!prom->labelled)
		begin_sample(prom);
	else
		putc('}', prom->out);
	prom->labelled = false;
}

void prom_value(struct prom *prom, uint64_t value)
{
	end_labels(prom);
	fprintf(prom->out, " %" PRIu64 "\n", value);
}

void prom_seconds(struct prom *prom, uint32_t microseconds)
{
	end_labels(prom);
	fprintf(prom->out, " %u.%06u\n", microseconds / US_PER_SEC, microseconds % US_PER_SEC);
}
