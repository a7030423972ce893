import { parseStrictJson, type JsonObject, StairwellError } from "@stairwell/protocol";
import type { WireEvent } from "@stairwell/protocol/federation";
import { apply, type MemberState, subjectOf } from "@stairwell/protocol/room";
import { record } from "../../audit/index.ts";
import type { Actor } from "../../auth/index.ts";
import type { Tx } from "../../db/index.ts";
import {
  type CameEvent,
  findEventAt,
  findHead,
  insertCuts,
  listAfter,
  meaningHere,
  type StoredEvent,
} from "../../events/index.ts";
import { findManyByFqid } from "../../participants/index.ts";
import { findRoom, handedMembers, handedRoom, listOwnNos, putReplica, type StoredRoom } from "../../state/index.ts";
import type { Tenant } from "../../tenants/index.ts";
import { findReplica, type Proof, type Replica, saveReplica } from "../rows/replicas.store.ts";
import { forgetCutAway } from "../rows/repeats.store.ts";
import { checkEvents } from "./check-events.ts";
import { proofHere } from "./conflict.ts";
import { follow } from "./follow.ts";
import type { HubPeer, ReplicaParts } from "./peer.ts";
import { readBackfill } from "./read-backfill.ts";
import { rewind } from "./rewind.ts";

/** `onCut`: what somebody was told is not so any more, so that their streams begin anew. */
export type ChoiceParts = ReplicaParts & { readonly onCut: (tenantNo: number, participantNo: number) => void };

const PAGE = 500;
const MOST_PAGES = 200;

/**
 * Ends the freeze of a room whose hub has signed two logs, on behalf of an administrator who chooses one by the hash of its
 * head (FD17). The one that is here goes on. The other is fetched from the hub from where the two part, verified up to that
 * head, and takes the place of what was here, of which the proof is kept; streams of those in the room begin anew (ST3). `SW_ROOM_NOT_FOUND`; `SW_MEMBER_STATE` where nothing
 * is frozen; `SW_REQUEST_INVALID` for a head that is none of the two; `SW_FED_PEER_UNREACHABLE` where the hub does not give it.
 */
export async function chooseBranch(
  parts: ChoiceParts,
  peerOf: (serverName: string) => HubPeer,
  actor: Actor,
  roomId: string,
  headHash: string,
): Promise<void> {
  const { db } = parts;
  const { tenant } = actor;
  const scope = { tenantNo: tenant.tenantNo };
  const stored = await findRoom(db, tenant.tenantNo, roomId);
  const replica = stored && (await findReplica(db, stored));
  if (stored === undefined || replica === undefined) throw new StairwellError("SW_ROOM_NOT_FOUND");
  const chosen = chosenIn(replica, headHash);
  const [held] = replica.proofs;
  if (chosen === held) {
    await db.write(scope, (tx) => settle(tx, actor, stored, replica, chosen));
    return;
  }
  const { base, came } = await fetchBranch(parts, peerOf(stored.hub), tenant, stored, replica, chosen);
  await db.write(scope, async (tx) => {
    const now = (await findReplica(tx, stored))!;
    chosenIn(now, headHash);
    // All of it, not only what was near: from here on it is nowhere else.
    const here = now.proofs[0]!;
    const proof = await proofHere(tx, stored, here, here.head, Infinity);
    const before = await listOwnNos(tx, stored);
    const cut = await rewind(tx, parts.log, stored, base);
    const room = await rebuilt(tx, tenant, stored, replica);
    await settle(tx, actor, stored, { ...now, head: chosen.head, proofs: [chosen, proof] }, chosen);
    await follow(tx, parts, tenant, room, room.room, came);
    await forgetCutAway(tx, stored);
    // What they were told of the other log is not so any more.
    const people = new Set([...before, ...(await listOwnNos(tx, stored))]);
    await insertCuts(tx, stored, people, cut);
    tx.afterCommit(() => people.forEach((participantNo) => parts.onCut(tenant.tenantNo, participantNo)));
  });
}

function chosenIn({ state, proofs }: Replica, headHash: string): Proof {
  if (state !== "conflict") {
    throw new StairwellError("SW_MEMBER_STATE", {
      rule: "FD17",
      message: "The room's server has said one thing alone.",
    });
  }
  const chosen = proofs.find(({ head }) => head.hash === headHash);
  if (chosen !== undefined) return chosen;
  throw new StairwellError("SW_REQUEST_INVALID", {
    details: [{ path: "/choose", reason: "must be the hash of one of the two heads" }],
  });
}

async function settle(tx: Tx, actor: Actor, at: StoredRoom, replica: Replica, chosen: Proof): Promise<void> {
  const proofs = replica.proofs.map((proof) =>
    proof.hash === chosen.hash ? { ...proof, chosen: true as const } : proof,
  );
  await saveReplica(tx, at, { ...replica, state: "live", proofs });
  await record(tx, {
    tenantNo: actor.tenant.tenantNo,
    action: "federation.choose",
    actor: actor.fqid,
    roomId: at.roomId,
    details: { position: chosen.position, hash: chosen.hash, head: chosen.head.hash },
  });
}

/** The chosen log from where the two part up to its head, and the last event that both have. */
async function fetchBranch(
  parts: ReplicaParts,
  { serverName }: HubPeer,
  tenant: Tenant,
  at: StoredRoom,
  replica: Replica,
  { position, head }: Proof,
): Promise<{ base: StoredEvent; came: CameEvent[] }> {
  for (let back = 1; ; back *= 10) {
    const from = Math.max(position - back, replica.basePosition ?? 1);
    const wire = await fetchRun(parts, tenant, serverName, at, from, head.position);
    let common = await findEventAt(parts.db, at, from);
    if (common !== undefined && wire[0]?.envelope.prev_hash === common.hash) {
      let first = 0;
      for (; first < wire.length; first++) {
        const here = await findEventAt(parts.db, at, wire[first]!.envelope.position);
        if (here?.hash !== wire[first]!.hash) break;
        common = here;
      }
      const rest = wire.slice(first);
      const came = await checkEvents(parts.keyAt(tenant.tenantNo, serverName), at.roomId, serverName, common, rest, {
        live: true,
      });
      if (came.at(-1)?.hash !== head.hash) throw notGiven();
      return { base: common, came };
    }
    if (from === (replica.basePosition ?? 1)) throw notGiven();
  }
}

async function fetchRun(
  { get }: ReplicaParts,
  tenant: Tenant,
  serverName: string,
  { roomId }: StoredRoom,
  from: number,
  to: number,
): Promise<WireEvent[]> {
  const run: WireEvent[] = [];
  for (let page = 0, after = from; page < MOST_PAGES && after < to; page++) {
    const limit = Math.min(PAGE, to - after);
    const target = `/rooms/${encodeURIComponent(roomId)}/backfill?after=${after}&limit=${limit}`;
    const { events } = readBackfill(await get(tenant, serverName, target));
    const fitting = events.filter(({ envelope }) => envelope.position <= to);
    if (fitting.length === 0) break;
    run.push(...fitting);
    after = fitting.at(-1)!.envelope.position;
  }
  return run;
}

function notGiven(): StairwellError {
  return new StairwellError("SW_FED_PEER_UNREACHABLE", {
    rule: "FD17",
    message: "The room's server does not give the log that this head is of, from where it parts from what is here.",
  });
}

/** The rows of a room as of the end of its log. */
async function rebuilt(tx: Tx, tenant: Tenant, at: StoredRoom, { baseState }: Replica): Promise<StoredRoom> {
  const members = new Map<string, MemberState>(handedMembers(baseState!).map((member) => [member.fqid, member]));
  let room = handedRoom(baseState!);
  const end = (await findHead(tx, at))!.position;
  for (let after = baseState!.position; after < end;) {
    const events = await listAfter(tx, at, after, PAGE);
    for (const event of events) {
      const { position, eventType: type, sender, hubTs } = event;
      const logged = { position, type, content: meaningOf(event), sender, hubTs };
      const subject = subjectOf(logged);
      const folded = apply(room, subject === undefined ? undefined : members.get(subject), logged);
      room = folded.room;
      if (folded.member !== undefined) members.set(folded.member.fqid, folded.member);
    }
    after = events.at(-1)!.position;
  }
  const people = await findManyByFqid(
    tx,
    tenant.tenantNo,
    [...members.values()].map(({ fqid }) => fqid),
  );
  return putReplica(tx, at, {
    hub: at.hub,
    alias: at.alias,
    room,
    pair: at.dmLow === null || at.dmHigh === null ? null : [at.dmLow, at.dmHigh],
    members: [...members.values()].map((member) => [people.get(member.fqid)!.participantNo, member] as const),
  });
}

function meaningOf(event: StoredEvent): JsonObject | null {
  return event.content === null || meaningHere(event) === null ? null : (parseStrictJson(event.content) as JsonObject);
}
