import { type Fqid, headText, type Json, parseFqid, serverFqid, StairwellError } from "@stairwell/protocol";
import type { SignedHead, WireEvent } from "@stairwell/protocol/federation";
import { record } from "../../audit/index.ts";
import type { Db, Tx } from "../../db/index.ts";
import { type CameEvent, findHead, type Log } from "../../events/index.ts";
import { verifyEd25519 } from "../../lib/ed25519.ts";
import { findByFqid, insertParticipant, newcomer } from "../../participants/index.ts";
import { findRoomByNo, type StoredRoom } from "../../state/index.ts";
import { findPublicKey, type Tenant } from "../../tenants/index.ts";
import { aboutIn } from "../wire/about-in.ts";
import { checkEvents, type KeyAt } from "../replica/check-events.ts";
import { introduce } from "../replica/introduce.ts";
import { readBackfill } from "../replica/read-backfill.ts";

export interface RecoverParts {
  readonly db: Db;
  readonly log: Log;
  readonly keyAt: (tenantNo: number, toldBy: string) => KeyAt;
  /** Asks another server for something; what it answers is untrusted. Throws as `askPeer`. */
  readonly get: (tenant: Tenant, serverName: string, target: string) => Promise<Json>;
}

const PAGE = 500;
const MOST_PAGES = 200;

/**
 * Takes back what a server that shares a room of ours has of its log beyond what is here, after the store was restored
 * (FD17): only what a head that we signed ourselves covers, each event the next of the one before it and signed by whoever
 * proposed it. They are appended as they were. Throws as asking fails; `SW_FED_SIGNATURE` for anything else.
 */
export async function recoverLog(
  parts: RecoverParts,
  tenant: Tenant,
  at: StoredRoom,
  serverName: string,
): Promise<void> {
  const { db, log } = parts;
  const { tenantNo } = tenant;
  const end = (await findHead(db, at))!;
  const { events, head } = await fetchAfter(parts, tenant, at, serverName, end.position);
  if (events.length === 0) return;
  await mustBeOurs(parts, tenant, at, events, head);
  const keyAt = parts.keyAt(tenantNo, serverName);
  const came = await checkEvents(keyAt, at.roomId, tenant.serverName, end, events, { live: true });
  await db.write({ tenantNo }, async (tx) => {
    const now = (await findRoomByNo(tx, tenantNo, at.roomNo))!;
    if ((await findHead(tx, now))!.hash !== end.hash) {
      throw new StairwellError("SW_UNAVAILABLE", {
        message: "Another server has given back something of it meanwhile.",
      });
    }
    let { room } = now;
    for (const each of came) {
      await makeKnown(tx, tenant, each);
      ({ room } = await log.follow(tx, now, room, each, { own: true }));
    }
    await record(tx, {
      tenantNo,
      action: "federation.recover",
      actor: serverFqid(serverName),
      roomId: at.roomId,
      details: { from: end.position + 1, to: came.at(-1)!.position },
    });
  });
}

async function fetchAfter(
  { get }: RecoverParts,
  tenant: Tenant,
  { roomId }: StoredRoom,
  serverName: string,
  position: number,
): Promise<{ events: WireEvent[]; head: SignedHead | null }> {
  const events: WireEvent[] = [];
  let newest: SignedHead | null = null;
  for (let page = 0, after = position; page < MOST_PAGES; page++) {
    const target = `/rooms/${encodeURIComponent(roomId)}/backfill?after=${after}&limit=${PAGE}`;
    const { events: more, head } = readBackfill(await get(tenant, serverName, target));
    events.push(...more);
    const last = more.at(-1)?.envelope.position ?? after;
    newest = head ?? newest;
    if (last <= after || newest === null || last >= newest.position) break;
    after = last;
  }
  return { events, head: newest };
}

/** By our own signature, which nobody else can give: its key may be any that we ever had. */
async function mustBeOurs(
  { db }: RecoverParts,
  { tenantNo }: Tenant,
  { roomId }: StoredRoom,
  events: readonly WireEvent[],
  head: SignedHead | null,
): Promise<void> {
  const last = events.at(-1)!;
  const isCovered = head?.room_id === roomId && head.hash === last.hash && head.position === last.envelope.position;
  const publicKey = isCovered ? await findPublicKey(db, tenantNo, head.key_id) : undefined;
  if (isCovered && publicKey !== undefined && verifyEd25519(publicKey, headText(head), head.signature)) return;
  throw new StairwellError("SW_FED_SIGNATURE", {
    message: "What it has of the room is not covered by a head that this server signed.",
    rule: "FD17",
  });
}

/** People who came since the backup: those of others, and those of ours, who find themselves again when they sign in. */
async function makeKnown(tx: Tx, tenant: Tenant, came: CameEvent): Promise<void> {
  const people = [came.sender, came.actedBy, aboutIn(came)?.participant ?? null];
  await introduce(tx, tenant, people);
  for (const fqid of people) if (fqid !== null) await makeOurs(tx, tenant, fqid);
}

async function makeOurs(tx: Tx, { tenantNo, serverName }: Tenant, fqid: Fqid): Promise<void> {
  if (parseFqid(fqid)?.serverName !== serverName || (await findByFqid(tx, tenantNo, fqid)) !== undefined) return;
  await insertParticipant(tx, tenantNo, newcomer(fqid, "human"));
}
