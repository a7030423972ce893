import { rooms as routes } from "@stairwell/protocol/api";
import type { Actor } from "../../auth/index.ts";
import { command, type Endpoint } from "../../http/endpoint.ts";
import type { Identities } from "../../participants/index.ts";
import { accessRoom, roomView } from "../../rooms/index.ts";
import { findRoom } from "../../state/index.ts";
import { openFederatedDm, type OpenDmParts } from "./open-dm.ts";

export interface DmRouteParts extends OpenDmParts {
  readonly identities: Identities;
  /** Charges events that a command appended beyond the one paid at the door. */
  readonly charge: (actor: Actor, events: number) => void;
}

/** Direct rooms with people of other servers. */
export function dmRoutes(parts: DmRouteParts): Endpoint[] {
  const { db, identities, clock } = parts;
  return [
    command(
      routes.openFederatedDm,
      async ({ actor, body }, receipt) => {
        const opened = await openFederatedDm(parts, actor, receipt, body.fqid);
        if (opened.appended > 1) parts.charge(actor, opened.appended - 1);
        return opened;
      },
      ({ actor }, answer) =>
        db.snapshot(async (reader) => {
          const now = clock.now();
          const { room_id } = answer.ref;
          // For a repeat later on (AP6), only if the caller may see it by then.
          if (!("appended" in answer)) await accessRoom(reader, actor, now, room_id);
          const stored = (await findRoom(reader, actor.tenant.tenantNo, room_id))!;
          return { data: await roomView({ reader, identities, actor, now }, stored) };
        }),
    ),
  ];
}
