import type { Reader } from "../db/index.ts";
import { listAfter } from "../events/index.ts";
import { allMembers, type StoredRoom } from "../state/index.ts";
import { type Finding, LogCheck } from "./log-check.ts";
import { Standpoint } from "./standpoint.ts";
import { AmendmentCheck } from "./verify-amendments.ts";
import { AuditCheck } from "./verify-audit.ts";
import { DeliveryCheck } from "./verify-deliveries.ts";
import { MediaCheck } from "./verify-media.ts";
import { MentionCheck } from "./verify-mentions.ts";
import { wrongPair } from "./verify-pair.ts";
import { SealedCheck } from "./verify-sealed.ts";
import { SignatureCheck } from "./verify-signatures.ts";

export interface RoomReport {
  events: number;
  findings: Finding[];
}

const BATCH = 500;

/**
 * Reads a room's whole log: places without a gap, in the order of the tenant's commits, every content and envelope against
 * its hash, the chain, signatures, the message count, that the fold equals the rows, and that the audit has its moderation.
 * Wiped contents are taken by their hash. Of a room that another server orders, as far as its log is here.
 */
export async function verifyRoom(reader: Reader, stored: StoredRoom): Promise<RoomReport> {
  const { standpoint, fault } = await Standpoint.of(reader, stored);
  const sealed = await SealedCheck.of(reader, stored);
  const log = new LogCheck(stored, standpoint, sealed?.isShut ?? false);
  const audit = await AuditCheck.of(reader, stored, standpoint);
  const amendments = await AmendmentCheck.of(reader, stored, standpoint);
  const mentions = new MentionCheck(reader, stored, standpoint);
  const media = new MediaCheck(reader, stored, standpoint);
  const signatures = new SignatureCheck(reader, stored);
  const deliveries = new DeliveryCheck(stored);
  log.note(fault, null);
  for (let after = 0; ;) {
    const events = await listAfter(reader, stored, after, BATCH);
    for (const event of events) {
      const taken = log.take(event);
      const { content } = taken;
      sealed?.take(event, content);
      log.note(await amendments.take(event, content));
      log.note(await audit.take(event, content, taken.before.member));
      await mentions.take(event, content, (fqid) => log.member(fqid));
      await media.take(event, content);
      deliveries.take(event, content, taken.before, taken.after);
    }
    for (const [problem, position] of await signatures.take(events)) log.note(problem, position);
    if (events.length < BATCH) break;
    after = events.at(-1)!.position;
  }
  const rows = await allMembers(reader, stored);
  log.note(wrongPair(stored, standpoint.replica !== undefined, rows), null);
  const members = new Map(rows.map(({ member }) => [member.fqid, member]));
  log.compare(members);
  // What was on record before stays so.
  const isSurplus = audit.surplus > 0 && standpoint.replica?.hadTwo !== true;
  log.note(isSurplus ? `${audit.surplus} records of the audit are of no event here` : undefined, null);
  for (const problem of await amendments.end()) log.note(problem, null);
  log.note(await mentions.end(), null);
  log.note(await media.end(), null);
  for (const [problem, position] of (await sealed?.end()) ?? []) log.note(problem, position);
  if (standpoint.replica === undefined) {
    for (const problem of await deliveries.end(reader, log.position ?? 0)) log.note(problem, null);
  } else log.note(await wrongHead(standpoint, signatures, log), null);
  return { events: log.events, findings: log.findings };
}

/** What is wrong with the newest head that a hub signed, if anything (FD4). */
async function wrongHead(
  { replica, oldest }: Standpoint,
  signatures: SignatureCheck,
  log: LogCheck,
): Promise<string | undefined> {
  const head = replica!.head;
  if (oldest === undefined && replica!.state === "invited") return undefined;
  if (oldest === undefined || replica!.base === null || head === null) return "the room is followed, and from nowhere";
  if (head.position !== log.position || head.hash !== log.hash) return "the head is not that of the log";
  return signatures.head(head);
}
