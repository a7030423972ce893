import { type Route, routes } from "@stairwell/protocol/api";
import type { TSchema } from "typebox";

/** What a request can name. */
export type Kind = "room" | "event" | "participant" | "fqid" | "workspace" | "alias" | "token" | "media";
export type Ids = Readonly<Record<Kind, string>>;

/** How a call names things beyond its path. A call with several ways has several rows. */
export interface Row {
  readonly body?: (ids: Ids) => object;
  readonly query?: (ids: Ids) => Readonly<Record<string, string>>;
  readonly names?: readonly Kind[];
  /** Kinds whose unknown ids are no 404 here: the data of the 200 that they are. */
  readonly data?: Partial<Record<Kind, unknown>>;
  /** Kinds that have a test of their own, because the answer says more than that they are unknown. */
  readonly elsewhere?: readonly Kind[];
}

const reason = { reason: "because" };
const participant = ({ participant }: Ids): object => ({ participant_id: participant });
const naming = (body: (ids: Ids) => object, ...names: Kind[]): Row[] => [{ body, names }];

/** Every call that names a room, an event, a person, a workspace or a token; by its operation id. */
export const ROWS: Readonly<Record<string, readonly Row[]>> = {
  createRoom: [
    {
      // Who cannot be invited is told in `meta.invites` of the new room.
      body: ({ workspace, participant }) => ({
        room_type: "group",
        name: "x",
        workspace_id: workspace,
        invite: [participant],
      }),
      names: ["workspace", "participant"],
      elsewhere: ["participant"],
    },
  ],
  openDm: naming(participant, "participant"),
  // Whoever is of this server, or is said to be, is answered with the call for them.
  openFederatedDm: [{ body: ({ fqid }) => ({ fqid }), names: ["fqid"], elsewhere: ["fqid"] }],
  getRoom: [{}],
  getRoomState: [{}],
  exportRoom: [{}],
  canInRoom: [
    {
      query: ({ participant }) => ({ action: "invite", target: participant }),
      names: ["participant"],
      data: {
        participant: { allowed: false, code: "SW_PARTICIPANT_NOT_FOUND", rule: "MB3", needed: null, actual: null },
      },
    },
  ],
  renameRoom: naming(() => ({ name: "Another name" })),
  setRoomTopic: naming(() => ({ topic: "Another topic" })),
  moveRoom: naming(({ workspace }) => ({ workspace_id: workspace }), "workspace"),
  setRoomVisibility: naming(() => ({ is_public: true })),
  archiveRoom: naming(() => reason),
  closeRoom: naming(() => reason),
  rejoinRoom: [{}],
  listMembers: [{ query: () => ({ limit: "1" }) }],
  listBans: [{ query: () => ({ limit: "1" }) }],
  inviteMember: [...naming(participant, "participant"), ...naming(({ fqid }) => ({ fqid }), "fqid")],
  joinRoom: [{}],
  leaveRoom: naming(() => reason),
  kickMember: naming(participant, "participant"),
  banMember: naming(participant, "participant"),
  unbanMember: naming(participant, "participant"),
  setPowerLevel: naming(() => ({ power_level: 50 })),
  sendMessage: [
    ...naming(() => ({ content: { body: "hello" }, event_uuid: "once" })),
    ...naming(({ event }) => ({ content: { reply_to_event_id: event } }), "event"),
    ...naming(({ participant }) => ({ content: { mentions: [participant] } }), "participant"),
    ...naming(({ media }) => ({ content: { media_id: media } }), "media"),
    ...naming(({ participant }) => ({ content: {}, as_participant_id: participant }), "participant"),
  ],
  listMessages: [{ query: () => ({ from: "3" }) }, { query: ({ event }) => ({ thread: event }), names: ["event"] }],
  getEvent: [{}],
  editEvent: [
    ...naming(() => ({ content: { body: "otherwise" } })),
    ...naming(({ participant }) => ({ content: { mentions: [participant] } }), "participant"),
    ...naming(({ media }) => ({ content: { media_id: media } }), "media"),
  ],
  listFiles: [{ query: () => ({ limit: "1" }) }],
  getMedia: [{}],
  downloadMedia: [{}],
  downloadThumbnail: [{}],
  signMedia: [{}],
  redactEvent: naming(() => reason),
  addReaction: naming(() => ({ emoji: "👍" })),
  removeReaction: [{ query: () => ({ emoji: "👍" }) }],
  setNotificationMode: naming(() => ({ mode: "all" })),
  setMute: naming(() => ({ duration_seconds: 60 })),
  markRead: naming(({ event }) => ({ event_id: event }), "event"),
  setTyping: naming(({ room }) => ({ room_id: room, typing: true }), "room"),
  getPresence: [
    { query: ({ participant }) => ({ ids: participant }), names: ["participant"], data: { participant: [] } },
  ],
  listRooms: [
    { query: ({ workspace }) => ({ workspace_id: workspace }), names: ["workspace"], data: { workspace: [] } },
  ],
  resolveAlias: [{}],
  revokeToken: [{}],
  getWorkspace: [{}],
  updateWorkspace: naming(() => ({ name: "Another name" })),
  deleteWorkspace: [{}],
  listWorkspaceMembers: [{ query: () => ({ limit: "1" }) }],
  addWorkspaceMember: naming((ids) => ({ ...participant(ids), role: "viewer" }), "participant"),
  updateWorkspaceMember: naming(() => ({ role: "viewer" })),
  removeWorkspaceMember: [{}],
  getManagedRoom: [{}],
  // Of a room that is open already it says so, whomever it was asked for (AP1).
  restoreRoom: [{ body: participant, names: ["participant"], elsewhere: ["participant"] }],
  redactManagedEvent: naming(() => reason),
  federateRoom: naming(() => ({ enabled: true })),
  inviteFederated: naming(() => ({ fqid: "@somebody:nowhere.example" })),
  backfillRoom: naming(() => ({})),
  getConflict: [{}],
  chooseBranch: naming(() => ({ choose: "0".repeat(64) })),
  getManagedParticipant: [{}],
  updateParticipant: naming(() => ({ display_name: "Another name" })),
  deactivateParticipant: [{}],
  reactivateParticipant: [{}],
  mintTokenFor: naming(() => ({ name: "x" })),
  listTokensOf: [{}],
  // Only bots have tokens that are an administrator's affair: bot-tokens.test.ts.
  revokeTokenOf: [{ elsewhere: ["token"] }],
  listAudit: [
    { query: ({ room }) => ({ room_id: room }), names: ["room"], data: { room: [] } },
    { query: ({ participant }) => ({ target: participant }), names: ["participant"], data: { participant: [] } },
    { query: ({ participant }) => ({ actor: participant }), names: ["participant"], data: { participant: [] } },
  ],
};

const PATH_KINDS: Readonly<Record<string, Kind>> = {
  room_id: "room",
  event_id: "event",
  participant_id: "participant",
  workspace_id: "workspace",
  alias: "alias",
  token_id: "token",
  media_id: "media",
};

/** The kinds that a route's path names. */
export function pathKinds({ path, operationId }: Route): Kind[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => {
    const kind = PATH_KINDS[parameter!];
    if (kind === undefined) throw new Error(`${operationId}: what does {${parameter}} name?`);
    return kind;
  });
}

/** Keys of a route's body and query by which it may name something. */
export function namingKeys({ body, query }: Route): string[] {
  return [body, query]
    .flatMap((schema) => keysOf(schema))
    .filter((key) => /^(?!local_).*(?:^|_)ids?$|^(?:fqid|target|actor|invite|thread)$/.test(key));
}

function keysOf(schema: TSchema | undefined): string[] {
  return Object.keys((schema as { properties?: object } | undefined)?.properties ?? {});
}

/** The path of a call with its query, with these ids in their places. */
export function pathOf({ path }: Route, { query }: Row, ids: Ids): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, parameter: string) =>
    encodeURIComponent(ids[PATH_KINDS[parameter]!]),
  );
  const parts = Object.entries(query?.(ids) ?? {}).map(([key, value]) => `${key}=${encodeURIComponent(value)}`);
  return parts.length === 0 ? filled : `${filled}?${parts.join("&")}`;
}

/** The routes that name something, with their rows. The operator stands above all tenants and sees what there is of them. */
export function namingRoutes(): { route: Route; rows: readonly Row[] }[] {
  return routes
    .filter((route) => route.access !== "operator")
    .filter((route) => pathKinds(route).length > 0 || namingKeys(route).length > 0)
    .map((route) => ({ route, rows: ROWS[route.operationId] ?? [] }));
}
