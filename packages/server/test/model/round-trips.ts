/** Every room that may be exported is carried out of the server and in again, when its story is over. */
import assert from "node:assert/strict";
import { assertOk, type Person } from "@stairwell/testing";
import { verifyBundle } from "../../src/bundles/index.ts";
import { bundleFile, exported } from "../bundles/exporting.ts";
import { importing } from "../bundles/importing.ts";
import { asImported, FIRST, keptMedia, plain, said } from "../bundles/same-room.ts";
import { LIMITS } from "./cast.ts";
import type { Stage } from "./stage.ts";
import { joinedIn, type Room, type World } from "./world.ts";

/** I34 BU19: what comes back is the same room, but for what an import says of itself; `bundle verify` is content. */
export async function roomsComeBack(stage: Stage, world: World): Promise<void> {
  for (const slug of ["dev", "other"]) await stage.server.setLimits({ max_rooms: null }, slug);
  for (const room of world.rooms.values()) {
    const who = joinedIn(room).find((one) => !world.out.has(one));
    if (who === undefined || room.incognito) continue;
    try {
      await comesBack(stage, stage.person(who), room);
    } catch (cause) {
      throw new Error(`${who} carries ${room.key} out and in: ${(cause as Error).message}`, { cause });
    }
  }
  for (const slug of ["dev", "other"]) await stage.server.setLimits({ max_rooms: LIMITS.rooms }, slug);
}

async function comesBack(stage: Stage, who: Person, room: Room): Promise<void> {
  const id = stage.book.id(room.key);
  const out = await exported(stage.scope, who, id);
  await verifyBundle(bundleFile(stage.scope, out.bytes));
  assert.equal(out.manifest.events.length, room.log.length, "BU1 a member carries all of it out");
  const { data, meta } = assertOk(await importing(who, out.bytes));
  assert.equal((meta.report as { signature: string }).signature, "verified");
  const again = await exported(stage.scope, who, data.id);
  assert.deepEqual(plain(again.manifest, FIRST), asImported(plain(out.manifest, 0)), "BU19 the events");
  assert.deepEqual(keptMedia(again.manifest), keptMedia(out.manifest), "BU19 the media");
  assert.deepEqual(again.manifest.omitted, out.manifest.omitted, "BU19 what was left out");
  assert.deepEqual(await said(who, data.id), await said(who, id), "BU11 as it is read");
  const { members_count, me } = assertOk(await who.get(`/v1/rooms/${data.id}`)).data;
  const own = [members_count, me.power_level, me.unread_count, me.mention_count];
  assert.deepEqual(own, [1, 100, 0, 0], "BU12 nobody but the importer is in it, and nothing is unread");
}
