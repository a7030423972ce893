import type { Fqid, ParticipantId, WorkspaceId } from "@stairwell/protocol";
import type { DefaultMode } from "@stairwell/protocol/room";
import type { ParticipantType } from "../auth/index.ts";

export type { DefaultMode };

/** Somebody who can be in a room, of this server or of another. */
export interface Participant {
  readonly participantNo: number;
  readonly participantId: ParticipantId;
  readonly fqid: Fqid;
  readonly localId: string;
  readonly serverName: string;
  readonly participantType: ParticipantType;
  readonly displayName: string;
  readonly avatarUrl: string | null;
  readonly roles: readonly string[];
  readonly defaultMode: DefaultMode;
  readonly locale: string | null;
  readonly timezone: string | null;
  /** Accepts invites at once (MB5); bots and agents only. */
  readonly autoJoin: boolean;
  /** Null for federated people only. */
  readonly personalWorkspaceId: WorkspaceId | null;
  /** Unix milliseconds, as all times here. */
  readonly createdAt: number;
  /** Null before the first `POST /v1/auth/register`. */
  readonly registeredAt: number | null;
  readonly deactivatedAt: number | null;
}

/** What others see of somebody. */
export type Seen = Pick<
  Participant,
  "participantId" | "fqid" | "localId" | "serverName" | "participantType" | "displayName" | "avatarUrl"
>;

/** What of a participant never changes. */
export type Identity = Pick<
  Participant,
  "participantNo" | "participantId" | "fqid" | "localId" | "serverName" | "participantType"
>;
