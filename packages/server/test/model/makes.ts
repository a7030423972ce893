/** Making rooms. */
import * as happens from "./changes.ts";
import type { Create, Named } from "./commands.ts";
import { Refused, refusalOf } from "./guards.ts";
import { available, type Done, hasRoom, invite, ok } from "./objects.ts";
import { memberOf, type Room, type Who, type World } from "./world.ts";

export function createRoom(world: World, command: Create): Done {
  const { by, type } = command;
  const isIncognito = type === "incognito" || command.incognito === true;
  const contradicts =
    type === "dm" ||
    (type === "public" && (command.isPublic === false || isIncognito)) ||
    (isIncognito && command.isPublic === true) ||
    (!isIncognito && command.closesOnLeave === true);
  if (contradicts) throw new Refused("SW_ROOM_TYPE_INVARIANT");
  const workspace = command.workspace ?? `own of ${by}`;
  mayBuildIn(world, workspace, by);
  const { tenant } = world.people.get(by)!;
  hasRoom(world, tenant);

  const room: Room = {
    key: `r${world.rooms.size}`,
    tenant,
    type,
    incognito: isIncognito,
    closesOnLeave: isIncognito && (command.closesOnLeave ?? true),
    creator: by,
    name: command.name ?? null,
    topic: null,
    isPublic: command.isPublic ?? type === "public",
    workspace: null,
    state: "open",
    members: new Map(),
    log: [],
    deaf: world.out,
  };
  happens.create(world, room);
  happens.join(room, by, by);
  happens.setWorkspace(room, workspace, by);
  const invites = [...new Set(command.invite)].map((target) => {
    const refusal = refusalOf(() => {
      if (target === by) throw new Refused("SW_REQUEST_INVALID");
      available(world, { by, target });
      invite(world, room, { by, target });
    });
    if (refusal !== undefined) return { participant_id: target, code: refusal.code };
    return { participant_id: target, membership: memberOf(world, room, target)!.membership };
  });
  return { status: 201, room, invites };
}

/** WS1, WS2: a workspace of others is unknown; making a room in one needs `editor`. */
export function mayBuildIn(world: World, workspace: string, who: Who): void {
  const role = world.workspaces.get(workspace)?.get(who);
  if (role === undefined) throw new Refused("SW_WORKSPACE_NOT_FOUND");
  if (role === "viewer") throw new Refused("SW_WORKSPACE_FORBIDDEN");
}

/** DM1 to DM5. */
export function openDirect(world: World, command: Named<"dm">): Done {
  const { by, target } = command;
  if (target === by) throw new Refused("SW_ROOM_TYPE_INVARIANT", "DM2");
  available(world, command);
  const { tenant } = world.people.get(by)!;
  const found = [...world.rooms.values()].find(
    (room) => room.type === "dm" && room.state !== "closed" && room.members.has(by) && room.members.has(target),
  );
  if (found !== undefined) {
    const restored = found.state === "archived" ? happens.setState(found, "open", by) : undefined;
    if (found.members.get(by)!.membership !== "join") happens.join(found, by, by);
    if (found.members.get(target)!.membership !== "join") happens.join(found, target, null, restored);
    return ok(found);
  }
  const plain = { incognito: false, closesOnLeave: false, name: null, topic: null, isPublic: false, workspace: null };
  const key = `r${world.rooms.size}`;
  const made = { key, tenant, type: "dm", creator: by, ...plain, state: "open" as const };
  const room: Room = { ...made, members: new Map(), log: [], deaf: world.out };
  happens.create(world, room);
  happens.join(room, by, by);
  happens.join(room, target, by);
  return { status: 201, room };
}
