import { adopt, projectAmended, projectAmendments } from "./amendments/index.ts";
import { projectAudit } from "./audit/index.ts";
import { findEvent, Log, type LogParts } from "./events/index.ts";
import { mayAppend, ownNames, projectDeliveries } from "./federation/index.ts";
import { type Digests, projectMedia } from "./media/index.ts";
import { projectReplies } from "./messages/index.ts";
import type { Identities } from "./participants/index.ts";
import { projectReading } from "./reading/index.ts";
import { memberOf, projectMember, projectRoom, RecentActivity, type RecentRooms } from "./state/index.ts";

export interface BuildLogParts extends Pick<LogParts, "onCommitted"> {
  readonly identities: Identities;
  readonly recent: RecentRooms;
  readonly digests: Digests;
  /** A room of a tenant that is shared with other servers has changed. */
  readonly wake: (tenantNo: number) => void;
}

/** Builds the log with everything that is kept in step with it. */
export function buildLog({ identities, recent, digests, wake, ...parts }: BuildLogParts): Log {
  const ownName = ownNames();
  const media = projectMedia({ identities, digests, ownName });
  return new Log({
    ...parts,
    memberOf: memberOf(identities),
    mayAppend,
    projections: [
      projectRoom(new RecentActivity()),
      projectMember(identities),
      projectReading(identities),
      projectReplies,
      media,
      projectAmendments(identities),
      projectAudit(async (tx, ref, eventId) => (await findEvent(tx, ref, eventId))?.sender),
      recent.project,
      projectDeliveries(ownName, wake),
    ],
    importProjections: [projectReplies, media, projectAmendments(identities)],
    adopt,
    adoptProjections: [projectReplies, media, projectAmended(identities)],
  });
}
