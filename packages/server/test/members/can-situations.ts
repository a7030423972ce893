import { randomUUID } from "node:crypto";
import { assertOk, type Person, type TestServer } from "@stairwell/testing";
import { givePower, RoomUnderTest } from "./room-under-test.ts";

/** Somebody in, near or out of a fresh room, and people to act on. */
export interface Situation {
  room: RoomUnderTest;
  who: Person;
  /** Joined, with power 0; in a DM the other side. */
  other: Person;
  /** Never in the room. */
  stranger: Person;
}

type Make = (server: TestServer) => Promise<Situation>;

interface Role {
  /** What is not as in a group that alice made. */
  body?: Record<string, unknown>;
  power?: number;
  /** Makes bob what he is, once alice has a room with carol, and with bob where he has a power. */
  become?: (room: RoomUnderTest, alice: Person, bob: Person) => ReturnType<Person["post"]>;
  creator?: true;
}

const PUBLIC = { room_type: "public" };
const INCOGNITO = { room_type: "incognito" };
const invite = (room: RoomUnderTest, alice: Person, bob: Person) =>
  alice.post(room.path("/invite"), { participant_id: bob.id });

const ROLES: Record<string, Role> = {
  "the creator": { creator: true, power: 100 },
  "the creator without power": { creator: true, power: 0 },
  "another admin": { power: 100 },
  "a member with power 99": { power: 99 },
  "a moderator": { power: 50 },
  "a member with power 49": { power: 49 },
  "a plain member": { power: 0 },
  "a plain member of a public room": { body: PUBLIC, power: 0 },
  "the creator of an incognito room": { body: INCOGNITO, creator: true, power: 100 },
  "a moderator of an incognito room": { body: INCOGNITO, power: 50 },
  "an invitee": { become: invite },
  "an invitee of a public room": { body: PUBLIC, become: invite },
  "an outsider of a public room": { body: PUBLIC },
  "an outsider of a group": {},
  "somebody gone from a public room": {
    body: PUBLIC,
    power: 50,
    become: (room, _alice, bob) => bob.post(room.path("/leave")),
  },
  "somebody gone from a group": { power: 50, become: (room, _alice, bob) => bob.post(room.path("/leave")) },
  "somebody banned from a public room": {
    body: PUBLIC,
    become: (room, alice, bob) => alice.post(room.path("/ban"), { participant_id: bob.id }),
  },
};

function inRoom({ body = {}, power, become, creator }: Role): Make {
  return async (server) => {
    const [alice, bob, carol, dave] = await server.people("alice", "bob", "carol", "dave");
    const joined = power === undefined ? [carol] : [bob, carol];
    const room = new RoomUnderTest(server, await alice.roomWith(joined, body), alice);
    if (creator) {
      if (power !== 100) {
        await givePower(alice, room, bob, 100);
        await givePower(alice, room, alice, power!);
      }
      return { room, who: alice, other: carol, stranger: dave };
    }
    if (power !== undefined) await givePower(alice, room, bob, power);
    if (become !== undefined) assertOk(await become(room, alice, bob));
    return { room, who: bob, other: carol, stranger: dave };
  };
}

/** With somebody new each time: a pair has one DM. */
const inDm: Make = async (server) => {
  const [alice, other, dave] = await server.people("alice", `side-${randomUUID()}`, "dave");
  const { data } = assertOk(await other.post("/v1/rooms/dm", { participant_id: alice.id }));
  return { room: new RoomUnderTest(server, data.id, alice), who: alice, other, stranger: dave };
};

/** By name, each makes the same situation in a room of its own. */
export const SITUATIONS: ReadonlyMap<string, Make> = new Map([
  ...Object.entries(ROLES).map(([name, role]): [string, Make] => [name, inRoom(role)]),
  ["a side of a DM", inDm],
]);
