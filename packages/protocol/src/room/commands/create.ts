import { append, type Decision, type Draft, type Facts, refuse } from "../decision.ts";
import { CREATE, MEMBER, WORKSPACE } from "../events/index.ts";
import type { Objection } from "../guards.ts";
import type { RoomType } from "../state.ts";

export interface CreateRoom {
  readonly kind: "create";
  readonly roomType: RoomType;
  readonly scopeKind: "incognito" | null;
  /** Null only for an incognito room. */
  readonly name: string | null;
  readonly topic: string | null;
  /** Undefined: by the type. */
  readonly isPublic: boolean | undefined;
  readonly closeOnLeave: boolean | undefined;
  readonly workspaceId: string;
  /** The caller's role in the workspace; undefined when they cannot see it. */
  readonly role: "owner" | "editor" | "viewer" | undefined;
}

/** A new room: its create event, its creator's membership, its workspace. */
export function createRoom(facts: Facts, command: CreateRoom): Decision {
  const refusal = contradiction(command) ?? workspaceAllows(command) ?? tenantAllows(facts);
  if (refusal !== undefined) return refusal;
  const isIncognito = command.roomType === "incognito" || command.scopeKind === "incognito";
  const sender = facts.actor.person.fqid;
  return append(
    {
      type: CREATE,
      content: {
        room_type: command.roomType,
        scope_kind: isIncognito ? "incognito" : null,
        name: command.name,
        topic: command.topic,
        is_public: command.isPublic ?? command.roomType === "public",
        close_on_leave: isIncognito && (command.closeOnLeave ?? true),
      },
      sender,
    },
    { type: MEMBER, content: { participant: sender, membership: "join" }, sender },
    { type: WORKSPACE, content: { workspace_id: command.workspaceId }, sender },
  );
}

/** What a body says that its type forbids (spec/model.md, "Room"). */
function contradiction({ roomType, scopeKind, isPublic, closeOnLeave }: CreateRoom): Objection {
  const isIncognito = roomType === "incognito" || scopeKind === "incognito";
  const wrong =
    (roomType === "dm" && "Open a direct room with POST /v1/rooms/dm.") ||
    (roomType === "public" && isPublic === false && "A public room cannot have is_public false.") ||
    (roomType === "public" && isIncognito && "A public room cannot be incognito.") ||
    (isIncognito && isPublic === true && "An incognito room cannot be public.") ||
    (!isIncognito && closeOnLeave === true && "Only an incognito room can close on leave.");
  return wrong === false ? undefined : refuse("SW_ROOM_TYPE_INVARIANT", "AP1", { message: wrong });
}

function workspaceAllows({ role }: CreateRoom): Objection {
  if (role === undefined) return refuse("SW_WORKSPACE_NOT_FOUND", "AP2");
  if (role !== "viewer") return undefined;
  return refuse("SW_WORKSPACE_FORBIDDEN", "AP1", { message: "That needs the role editor in the workspace." });
}

function tenantAllows(facts: Facts): Objection {
  const most = facts.limits.max_rooms;
  if (most === null || (facts.openRooms ?? 0) < most) return undefined;
  return refuse("SW_TENANT_CAPACITY", "LC5", { details: { max_rooms: most } });
}

/** What a direct room is said to be at its beginning: its sides are its members, and it has nothing else. */
export const DM_CONTENT = {
  room_type: "dm",
  scope_kind: null,
  name: null,
  topic: null,
  is_public: false,
  close_on_leave: false,
} as const;

/** A new direct room: both sides joined at once (DM2). The target is known, available, and not the caller. */
export function createDm(facts: Facts): Decision {
  const sender = facts.actor.person.fqid;
  const other = facts.target!.person!.fqid;
  const joined = (participant: string): Draft => ({
    type: MEMBER,
    content: { participant, membership: "join" },
    sender,
  });
  return append({ type: CREATE, content: DM_CONTENT, sender }, joined(sender), joined(other));
}
