/** Faults to plant, one at a time, in a copy of the sources: each must be found by the worlds. */
import type { Planted } from "../model/plant.ts";

const FEDERATION = "server/src/federation";

/** A fault, and whether one of the first worlds shows it, from whatever seed on: those are what the usual tests look for. */
interface Mutant extends Planted {
  readonly isSoon?: true;
}

export const MUTANTS: readonly Mutant[] = [
  {
    fault: "MB2 who is banned comes back",
    file: "protocol/src/room/guards.ts",
    was: 'return refuse("SW_ROOM_FORBIDDEN", "MB2", { message: "You are banned from this room." });',
    is: "return undefined;",
  },
  {
    fault: "I1 a command is answered before it is committed",
    isSoon: true as const,
    file: "server/src/db/group-commit.ts",
    was: 'connection.exec("COMMIT");',
    is: 'group.forEach((command, i) => command.settle(outcomes[i]!));\n      connection.exec("COMMIT");',
  },
  {
    fault: "FD16 a position that is here already counts as new",
    isSoon: true as const,
    file: `${FEDERATION}/replica/receive.ts`,
    was: "events.filter(({ envelope }) => envelope.position > end.position)",
    is: "events.filter(({ envelope }) => envelope.position >= end.position)",
  },
  {
    fault: "FD15 a server speaks for people of others",
    file: `${FEDERATION}/hub/proposal.ts`,
    was: "name === undefined || name.serverName !== serverName || !isPeerName(name.serverName)",
    is: "name === undefined || !isPeerName(name.serverName)",
  },
  {
    fault: "FD13 a proposal that comes again is another one",
    file: `${FEDERATION}/hub/submit.ts`,
    was: "if (before !== undefined && isSame(before, event)) return",
    is: "if (before !== undefined && before.position < 0) return",
  },
  {
    fault: "FD13 what was sent and not answered is forgotten",
    isSoon: true as const,
    file: `${FEDERATION}/rows/proposals.store.ts`,
    was: "WHERE tenant_no = $1 AND server_name = $2 AND state IN ('waiting', 'sent')\n       AND room_no NOT IN",
    is: "WHERE tenant_no = $1 AND server_name = $2 AND state IN ('waiting')\n       AND room_no NOT IN",
  },
  {
    fault: "AP6 no answer is kept for a repeat",
    file: "server/src/http/idempotency.ts",
    was: "if (!(await insertReceipt(tx, scope, { bodyHash, status, reference }))) throw new ReceiptTaken();",
    is: "void [scope, bodyHash, insertReceipt, tx, status, reference];",
  },
  {
    fault: "FD4 anybody's signature will do under a head",
    file: `${FEDERATION}/wire/heads.ts`,
    was: "if (verifyEd25519(publicKey, headText(head), head.signature)) return;",
    is: "if (publicKey !== headText(head)) return;",
  },
  {
    fault: "FD4 a head need not be that of what came with it",
    file: `${FEDERATION}/replica/receive.ts`,
    was: "if (head?.room_id !== roomId || head.hash !== last.hash || head.position !== last.envelope.position) {",
    is: "if (head?.room_id !== roomId || last === undefined) {",
  },
  {
    fault: "FD1 keys are known for ever",
    file: `${FEDERATION}/discovery/peer-keys.ts`,
    was: "return refreshedAt !== null && Math.abs(this.#parts.clock.now() - refreshedAt) < FRESH_MS;",
    is: "return refreshedAt !== null && Math.abs(this.#parts.clock.now() - refreshedAt) < Infinity;",
  },
  {
    fault: "MB18 counts are read outside the transaction",
    file: "server/src/members/change-member.ts",
    was: "const found = await findFacts(tx, actor, tx.now, roomId, needs);",
    is: "const found = await findFacts(db, actor, tx.now, roomId, needs);",
  },
  {
    fault: "FD20 what was said before a server joined is not kept from it",
    file: `${FEDERATION}/wire/wire-event.ts`,
    was: "return eventType === WORKSPACE || position < from;",
    is: "return eventType === WORKSPACE || position < from - 1000;",
  },
  {
    fault: "FD17 what others say in a hub's log need not be signed by theirs",
    file: `${FEDERATION}/replica/check-events.ts`,
    was: "if (serverName === hub) {",
    is: "if (serverName !== hub) return;\n  if (serverName === hub) {",
  },
  {
    fault: "FD17 a content need not be what was hashed",
    file: "server/src/events/came.ts",
    was: "return sha256(contentHashText(content, salt)) === contentHash ? undefined",
    is: 'return sha256(contentHashText(content, salt)) !== "" ? undefined',
  },
  {
    fault: "FD16 what was refused counts as taken",
    file: `${FEDERATION}/outbound/note-logs.ts`,
    was: 'if (result.status === "confirmed") told.confirmed = Math.max(told.confirmed, result.position);',
    is: "if (result.status !== undefined) told.confirmed = told.sent;",
  },
  {
    fault: "FD12 a gap sets the head of a replica back",
    file: `${FEDERATION}/replica/fetch-gap.ts`,
    was: "if (next.length > 0) await saveReplicaHead(tx, now, head);",
    is: "await saveReplicaHead(tx, now, head);",
  },
  {
    fault: "FD13 any answer to a message is believed",
    file: `${FEDERATION}/outbound/deliver.ts`,
    was: 'else if (result.status !== "refused" && !isNothing(each.item, result)) {',
    is: 'else if (result.status === "retry" && !isNothing(each.item, result)) {',
  },
  {
    fault: "FD15 anybody tells what comes next in a room",
    file: `${FEDERATION}/replica/receive.ts`,
    was: "stored?.hub === serverName && state !== undefined",
    is: "stored !== undefined && state !== undefined",
  },
  {
    fault: "ST2 who joins a room is not told what comes in it",
    file: "server/src/stream/hub.ts",
    was: "if (listener.rooms.has(at.roomNo)) this.#rooms.add(at, listener);",
    is: "if (listener.rooms.size === 0) this.#rooms.add(at, listener);",
  },
  {
    fault: "ST3 a stream is resumed with what it had last",
    isSoon: true as const,
    file: "server/src/stream/due.ts",
    was: "const spans = spansAfter(standings, after).filter(",
    is: "after = Math.max(0, after - 1);\n  const spans = spansAfter(standings, after).filter(",
  },
].map((mutant) => ({ ...mutant, by: "simulator" }));

/** Those of what only wide worlds have: direct rooms, denials, names, deployments of two. */
export const WIDE: readonly Planted[] = [
  {
    fault: "FD24 each side orders the direct room that it opens",
    file: `${FEDERATION}/calls/open-dm.ts`,
    was: "if (dmHubOf(serverName, person.serverName) !== serverName) throw new Elsewhere(receipt?.request);",
    is: "void [dmHubOf, serverName, Elsewhere, receipt];",
  },
  {
    fault: "I24 a server that is denied is answered",
    file: `${FEDERATION}/inbound/authenticate-peer.ts`,
    was: "await mustAdmit(db, tenant.tenantNo, serverName).catch(",
    is: "void mustAdmit; await Promise.resolve().catch(",
  },
  {
    fault: "I24 what a server asked for before it was denied is done after",
    file: `${FEDERATION}/inbound/admitting.ts`,
    was: "await mustAdmit(tx, tenant.tenantNo, serverName);",
    is: "void [mustAdmit, tenant, serverName];",
  },
  {
    fault: "I18 what one tenant of a deployment has to tell a server, another's sender does not",
    file: `${FEDERATION}/outbound/senders.ts`,
    was: "const key = `${tenant.tenantNo} ${serverName}`;",
    is: "const key = serverName;",
  },
  {
    fault: "FD15 a server names people of others",
    file: `${FEDERATION}/inbound/take-items.ts`,
    was: "mustBeTheirs(peer, what.fqid);",
    is: "void what.fqid;",
  },
  {
    fault: "FD15 who shares a room that another orders is not told of a new name",
    file: `${FEDERATION}/outbound/tell-profiles.ts`,
    was: "if (hub !== ours) servers.add(hub);",
    is: "if (hub !== ours) continue;",
  },
  {
    fault: "FD19 a file is given out by its hash, whatever room it was named in",
    file: `${FEDERATION}/inbound/medium-refs.store.ts`,
    was: "AND r.media_no = m.media_no AND r.room_no = $3",
    is: "AND r.media_no = m.media_no AND $3 > 0",
  },
  {
    fault: "FD19 a file is given out that others' people named",
    file: `${FEDERATION}/inbound/medium-refs.store.ts`,
    was: "AND (p.participant_type <> 'federated' OR",
    is: "AND (p.participant_type IS NOT NULL OR",
  },
  {
    fault: "FD19 a file is given out to a server whose people have left the room",
    file: `${FEDERATION}/inbound/shared-medium.ts`,
    was: "if (delivery === undefined || delivery.joined === 0) return undefined;",
    is: "if (delivery === undefined) return undefined;",
  },
  {
    fault: "FD19 a file of before a server joined is given out to it",
    file: `${FEDERATION}/inbound/shared-medium.ts`,
    was: "return sightBy(policy, stored.room.roomType, delivery.firstPosition).from;",
    is: "return Math.min(1, sightBy(policy, stored.room.roomType, delivery.firstPosition).from);",
  },
  {
    fault: "FD19 of a file that came only the size is looked at",
    file: `${FEDERATION}/outbound/ask-for-medium.ts`,
    was: "if (staged.size !== size || staged.sha256 !== sha256) throw",
    is: "if (staged.size !== size) throw",
  },
  {
    fault: "ST3 a stream goes on over a log that was chosen anew",
    file: `${FEDERATION}/replica/choose-branch.ts`,
    was: "people.forEach((participantNo) => parts.onCut(tenant.tenantNo, participantNo))",
    is: "void people",
  },
  {
    fault: "ST3 who comes back after a log was chosen anew goes on where they were",
    file: `${FEDERATION}/replica/choose-branch.ts`,
    was: "await insertCuts(tx, stored, people, cut);",
    is: "void [insertCuts, cut];",
  },
].map((mutant) => ({ ...mutant, by: "wide" }));
