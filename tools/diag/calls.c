// SPDX-License-Identifier: GPL-2.0
/* Diagnoses hosts that sent handshakes and are no peers. */

#include "diag/calls.h"

bool calls_may_be(const struct peer *peer)
{
	enum peer_state state = facts_state(peer);

	return state == STATE_SILENT || state == STATE_TRYING || !peer->last_handshake;
}

bool calls_report(struct facts *facts)
{
	(void)facts;
	return false;
}
