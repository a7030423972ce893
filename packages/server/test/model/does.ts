/** What each command changes, once it may (see guards.ts); the checks that name an object come here, in the order of AP1. */
import * as happens from "./changes.ts";
import { edit, react, redact, unreact } from "./amends.ts";
import type { Named } from "./commands.ts";
import { MAY, mayReturn, mustHave, Refused } from "./guards.ts";
import { createRoom, mayBuildIn, openDirect } from "./makes.ts";
import { available, type Done, enter, hasRoom, hasSeat, invite, known, ok, outranks } from "./objects.ts";
import { send } from "./sends.ts";
import { memberOf, reasonOf, type World } from "./world.ts";

export const DOES = {
  create: createRoom,
  dm: openDirect,

  join(world: World, { by, room }: Named<"join">) {
    const found = MAY.join(world, world.rooms.get(room), by);
    enter(world, found, by);
    return ok(found);
  },

  leave(world: World, { by, room, reason }: Named<"leave">) {
    const found = MAY.leave(world, world.rooms.get(room), by);
    const before = memberOf(world, found, by)!.membership;
    if (before !== "leave") happens.go(world, found, by, by, before === "invite" ? "declined" : "left", reason);
    return ok(found);
  },

  invite(world: World, command: Named<"invite">) {
    const found = MAY.invite(world, world.rooms.get(command.room), command.by);
    available(world, command);
    invite(world, found, command);
    return ok(found);
  },

  /** MB6, MB11, MB12. One's own invite is revoked with any power. */
  kick(world: World, command: Named<"kick">) {
    const { by, target, reason } = command;
    const found = MAY.revoke(world, world.rooms.get(command.room), by);
    const row = memberOf(world, found, target);
    if (row?.membership !== "invite" || row.invitedBy !== by) mustHave(50, found, by, "MB12");
    known(world, command);
    outranks(found, command);
    if (row?.membership !== "join" && row?.membership !== "invite") {
      throw new Refused("SW_MEMBER_STATE", row?.membership === "ban" ? "MB11" : "MB12");
    }
    happens.go(world, found, target, by, row.membership === "invite" ? "revoked" : "kicked", reason);
    return ok(found);
  },

  /** MB13 */
  ban(world: World, command: Named<"ban">) {
    const { by, target, reason } = command;
    const found = MAY.ban(world, world.rooms.get(command.room), by);
    known(world, command);
    outranks(found, command);
    const until = command.lasts === undefined ? null : world.now + command.lasts;
    const row = memberOf(world, found, target);
    const isSame = row?.membership === "ban" && row.until === until && reasonOf(found, row) === (reason ?? null);
    if (!isSame) happens.ban(world, found, target, by, until, reason);
    return ok(found);
  },

  unban(world: World, command: Named<"unban">) {
    const { by, target } = command;
    const found = MAY.ban(world, world.rooms.get(command.room), by);
    known(world, command);
    if (memberOf(world, found, target)?.membership === "ban") happens.go(world, found, target, by, "unbanned");
    return ok(found);
  },

  power: setPower,

  rename(world: World, { by, room, name }: Named<"rename">) {
    const found = MAY.rename(world, world.rooms.get(room), by);
    if (found.name !== name) happens.setName(found, name, by);
    return ok(found);
  },

  topic(world: World, { by, room, topic }: Named<"topic">) {
    const found = MAY.set_topic(world, world.rooms.get(room), by);
    const to = topic === "" ? null : topic;
    if (found.topic !== to) happens.setTopic(found, to, by);
    return ok(found);
  },

  archive(world: World, { by, room, reason }: Named<"archive">) {
    const found = MAY.archive(world, world.rooms.get(room), by);
    if (found.state === "open") happens.setState(found, "archived", by, reason);
    return ok(found);
  },

  close(world: World, { by, room, reason }: Named<"close">) {
    const found = MAY.close(world, world.rooms.get(room), by);
    if (found.state !== "closed") happens.setState(found, "closed", by, reason);
    return ok(found);
  },

  /** LC5. Whoever comes back to a deserted room has power 100: nobody who is joined has it. */
  rejoin(world: World, { by, room }: Named<"rejoin">) {
    const found = MAY.rejoin(world, world.rooms.get(room), by);
    const isReturn = mayReturn(world, found, by);
    if (found.state === "open") enter(world, found, by);
    else {
      if (found.type !== "dm") hasRoom(world, found.tenant);
      if (isReturn) hasSeat(world, found);
      happens.setState(found, "open", by);
      if (isReturn) {
        const back = happens.join(found, by, by);
        if (found.type !== "dm") happens.setPower(found, by, 100, null, back);
      }
    }
    return ok(found);
  },

  move(world: World, { by, room, workspace }: Named<"move">) {
    const found = MAY.move(world, world.rooms.get(room), by);
    mayBuildIn(world, workspace, by);
    if (found.workspace !== workspace) happens.setWorkspace(found, workspace, by);
    return ok(found);
  },

  publish(world: World, { by, room, isPublic }: Named<"publish">) {
    const found = MAY.publish(world, world.rooms.get(room), by);
    if (found.isPublic !== isPublic) happens.setVisibility(found, isPublic, by);
    return ok(found);
  },

  send,
  edit,
  redact,
  react,
  unreact,
};

/** PL1 to PL3. */
function setPower(world: World, command: Named<"power">): Done {
  const { by, target, level } = command;
  const found = MAY.set_power(world, world.rooms.get(command.room), by);
  known(world, command);
  const [mine, other] = [found.members.get(by)!, found.members.get(target)];
  if (other?.membership === "join" && target !== by && level !== other.power) {
    const isLowered = target === found.creator && level < other.power;
    if (other.power >= mine.power || isLowered) throw new Refused("SW_ROOM_FORBIDDEN", "PL2");
  }
  if (other?.membership !== "join") throw new Refused("SW_MEMBER_STATE");
  if (other.power === level) return ok(found);
  const admins = [...found.members.values()].filter((row) => row.membership === "join" && row.power === 100);
  if (other.power === 100 && admins.length === 1) throw new Refused("SW_ROOM_LAST_ADMIN", "PL3");
  happens.setPower(found, target, level, by);
  return ok(found);
}
