import { assertOk, type Person, type TestServer } from "@stairwell/testing";
import { png, uploaded } from "../media/kit.ts";
import type { Ids, Kind } from "./rows.ts";

/** What one person can see, and what is hidden from them. */
export interface World {
  /** Something of each kind that the person may name in every call. */
  readonly seen: Ids;
  /** Things of each kind that are there, and hidden from the person. */
  readonly hidden: Readonly<Record<Kind, Readonly<Record<string, string>>>>;
  /** A hidden room with an event and a member of its own: what belongs together is no more to be seen than each alone. */
  readonly hiddenTogether: Partial<Ids>;
}

/** Builds rooms, messages and workspaces around `viewer`: some of theirs, and some of others of every kind. */
export async function buildWorld(server: TestServer, viewer: Person, others: Others): Promise<World> {
  const { bob, carol, eve } = others;
  const own = await viewer.roomWith([bob]);
  const ownOther = await viewer.roomWith([bob]);
  const shared = await workspaceOf(viewer);
  assertOk(await viewer.post(`/v1/workspaces/${shared}/members`, { participant_id: bob.id, role: "viewer" }));
  const left = await workspaceOf(bob);
  assertOk(await bob.post(`/v1/workspaces/${left}/members`, { participant_id: viewer.id, role: "editor" }));
  assertOk(await viewer.delete(`/v1/workspaces/${left}/members/${viewer.id}`));

  const rooms = {
    "another tenant's group": await eve.roomWith([]),
    "another tenant's public room": await eve.roomWith([], { room_type: "public" }),
    "a group of others": await bob.roomWith([carol]),
    "an incognito room of others": await bob.roomWith([carol], { room_type: "incognito" }),
    "an archived group of others": await ended(bob, "archive", await bob.roomWith([carol])),
    "an archived public room of others": await ended(
      bob,
      "archive",
      await bob.roomWith([carol], { room_type: "public" }),
    ),
    "a closed public room of others": await ended(bob, "close", await bob.roomWith([carol], { room_type: "public" })),
    "a direct room of others": assertOk(await bob.post("/v1/rooms/dm", { participant_id: carol.id })).data.id as string,
  };
  const ofGroup = (await bob.say(rooms["a group of others"], "hidden")).id as string;
  return {
    seen: {
      room: own,
      event: (await viewer.say(own, "seen")).id as string,
      participant: bob.id,
      fqid: bob.me.fqid as string,
      workspace: shared,
      alias: await aliasOf(viewer, own),
      token: await tokenOf(viewer),
      media: await mediaOf(viewer),
    },
    hidden: {
      room: rooms,
      event: {
        "of another tenant": (await eve.say(rooms["another tenant's group"], "hidden")).id as string,
        "of a hidden room": ofGroup,
        "of another room of theirs": (await viewer.say(ownOther, "elsewhere")).id as string,
      },
      participant: { "of another tenant": eve.id },
      fqid: { "of another tenant": eve.me.fqid as string },
      workspace: {
        "of another tenant": eve.me.personal_workspace_id as string,
        "of another": bob.me.personal_workspace_id as string,
        "one they have left": left,
      },
      alias: {
        "of another tenant's group": await aliasOf(eve, rooms["another tenant's group"]),
        "of another tenant's public room": await aliasOf(eve, rooms["another tenant's public room"]),
        "of a group of others": await aliasOf(bob, rooms["a group of others"]),
        "of an archived public room": await aliasOf(bob, rooms["an archived public room of others"]),
        "of a closed public room": await aliasOf(bob, rooms["a closed public room of others"]),
      },
      token: {
        "of another tenant": await tokenOf(eve),
        "of another": await tokenOf(bob),
        revoked: await revokedToken(viewer),
      },
      media: {
        "of another tenant": await mediaOf(eve),
        "of another": await mediaOf(bob),
        "of a hidden room": await mediaOf(bob, rooms["a group of others"]),
      },
    },
    hiddenTogether: { room: rooms["a group of others"], event: ofGroup, participant: carol.id, fqid: carol.me.fqid },
  };
}

/** People around the viewer: two of the same tenant, one of another. */
export interface Others {
  bob: Person;
  carol: Person;
  eve: Person;
}

async function ended(by: Person, verb: "archive" | "close", room: string): Promise<string> {
  assertOk(await by.post(`/v1/rooms/${room}/${verb}`));
  return room;
}

async function aliasOf(member: Person, room: string): Promise<string> {
  return assertOk(await member.get(`/v1/rooms/${room}`)).data.room_alias;
}

async function workspaceOf(owner: Person): Promise<string> {
  return assertOk(await owner.post("/v1/workspaces", { name: "Ours" })).data.id;
}

async function tokenOf(owner: Person): Promise<string> {
  return assertOk(await owner.post("/v1/me/tokens", { name: "a token" })).data.id;
}

let pictures = 0;

/** A picture of somebody's, named by a message where a room is given. */
async function mediaOf(owner: Person, room?: string): Promise<string> {
  // Each its own content: that of two would be stored once, and the file of one go a little later.
  const { media_id } = await uploaded(owner, await png(4, ++pictures), { name: "a.png" });
  if (room !== undefined) await owner.say(room, "look", { media_id });
  return media_id as string;
}

async function revokedToken(owner: Person): Promise<string> {
  const token = await tokenOf(owner);
  assertOk(await owner.delete(`/v1/me/tokens/${token}`));
  return token;
}
