import { type Fqid, fqidOf, invalid, parseFqid } from "@stairwell/protocol";
import { members as routes, type RequestOf } from "@stairwell/protocol/api";
import type { RoomCommand } from "@stairwell/protocol/room";
import type { Actor } from "../auth/index.ts";
import type { Db } from "../db/index.ts";
import type { Log } from "../events/index.ts";
import { command, type Endpoint, reply } from "../http/endpoint.ts";
import type { Clock } from "../lib/clock.ts";
import type { Cursors } from "../lib/cursor.ts";
import { totalOf } from "../lib/page.ts";
import { parseTime } from "../lib/rfc3339.ts";
import { searchFold } from "../lib/slug.ts";
import { findByNo, type Identities } from "../participants/index.ts";
import type { Receipt, RequestName } from "../receipts/index.ts";
import { findMember, findOwnMember, findRoom, listedPosition, type Needs, type TargetName } from "../state/index.ts";
import { type Changed, changeMember } from "./change-member.ts";
import { accessAsMember, accessMembers } from "./list-members.ts";
import { banViews } from "./bans.view.ts";
import { type MemberView, memberViews } from "./members.view.ts";

export interface MemberParts {
  db: Db;
  log: Log;
  identities: Identities;
  clock: Pick<Clock, "now">;
  cursors: Cursors;
  /** Charges events that a command appended beyond the one paid at the door. */
  charge: (actor: Actor, events: number) => void;
  /** Learns of somebody of another server who is to be invited, from that server; refuses where no invite can come of it. */
  meet: (actor: Actor, roomId: string, fqid: Fqid, request: RequestName | undefined) => Promise<void>;
}

const MEMBERS_PAGE = 100;

export function memberRoutes(parts: MemberParts): Endpoint[] {
  const { db, clock, identities, cursors } = parts;

  const change = async (
    actor: Actor,
    receipt: Receipt | undefined,
    roomId: string,
    what: RoomCommand,
    needs: Needs = {},
  ): Promise<Changed> => {
    const changed = await changeMember(parts, actor, receipt, roomId, what, needs);
    if (changed.appended > 1) parts.charge(actor, changed.appended - 1);
    return changed;
  };

  /** The member after the caller's own command; for a repeat later on (AP6), only what the caller may see by then. */
  const memberOf = (
    { actor }: { actor: Actor },
    { ref, appended }: Pick<Changed, "ref"> & Partial<Changed>,
  ): Promise<{ data: MemberView }> =>
    db.snapshot(async (reader) => {
      const now = clock.now();
      const isRepeat = appended === undefined;
      if (isRepeat && ref.participant_no !== actor.participantNo) await accessAsMember(reader, actor, now, ref.room_id);
      const { tenantNo } = actor.tenant;
      const at = await findRoom(reader, tenantNo, ref.room_id);
      const isOwn = ref.participant_no === actor.participantNo;
      const member = isOwn
        ? await findOwnMember(reader, actor, at!)
        : await findMember(reader, at!, ref.participant_no);
      const person = await findByNo(reader, tenantNo, ref.participant_no);
      const view = { reader, identities, viewerNo: actor.participantNo, now };
      const [data] = await memberViews(view, at!, [{ participantNo: ref.participant_no, member, person: person! }]);
      return { data: data! };
    });

  return [
    command(
      routes.inviteMember,
      async ({ actor, params, body }, receipt) => {
        const target = invitee(body);
        notSelf(actor, target);
        const elsewhere = "fqid" in target ? parseFqid(target.fqid) : undefined;
        if (elsewhere !== undefined && elsewhere.serverName !== actor.tenant.serverName) {
          const fqid = fqidOf(elsewhere.localId, elsewhere.serverName);
          await parts.meet(actor, params.room_id, fqid, receipt?.request);
        }
        return change(
          actor,
          receipt,
          params.room_id,
          { kind: "invite", ...reasonOf(body) },
          { target, openInvites: true },
        );
      },
      memberOf,
    ),
    command(
      routes.joinRoom,
      ({ actor, params }, receipt) => change(actor, receipt, params.room_id, { kind: "join" }, { enters: true }),
      memberOf,
    ),
    command(
      routes.leaveRoom,
      ({ actor, params, body }, receipt) =>
        change(actor, receipt, params.room_id, { kind: "leave", ...reasonOf(body) }, { heirWithout: "actor" }),
      memberOf,
    ),
    command(
      routes.kickMember,
      ({ actor, params, body }, receipt) =>
        change(actor, receipt, params.room_id, { kind: "kick", ...reasonOf(body) }, goingOf(actor, body)),
      memberOf,
    ),
    command(
      routes.banMember,
      ({ actor, params, body }, receipt) => {
        const expiresAt = timeIn(body.expires_at);
        return change(
          actor,
          receipt,
          params.room_id,
          { kind: "ban", expiresAt, ...reasonOf(body) },
          goingOf(actor, body),
        );
      },
      memberOf,
    ),
    command(
      routes.unbanMember,
      ({ actor, params, body }, receipt) =>
        change(actor, receipt, params.room_id, { kind: "unban" }, { target: { participantId: body.participant_id } }),
      memberOf,
    ),
    reply(routes.setPowerLevel, async ({ actor, params, body }) => {
      const needs: Needs = { target: { participantId: params.participant_id }, candidates: true };
      return memberOf(
        { actor },
        await change(actor, undefined, params.room_id, { kind: "power", level: body.power_level }, needs),
      );
    }),
    reply(routes.listBans, ({ actor, params, query }) => {
      const scope = {
        tenantNo: actor.tenant.tenantNo,
        participantNo: actor.participantNo,
        operation: routes.listBans.operationId,
        filters: { room_id: params.room_id },
      };
      return db.snapshot(async (reader) => {
        const page = await accessMembers(reader, actor, clock.now(), params.room_id, {
          membership: "ban",
          q: undefined,
          after: query.cursor === undefined ? undefined : Number(cursors.decode(scope, query.cursor)[0]),
          limit: query.limit ?? MEMBERS_PAGE,
        });
        const last = page.rows.at(-1);
        return {
          data: await banViews(reader, identities, page.at, page.rows),
          meta: {
            has_more: page.hasMore,
            next_cursor: page.hasMore ? cursors.encode(scope, [listedPosition(last!.member)]) : null,
            ...totalOf(page.counted),
          },
        };
      });
    }),
    reply(routes.listMembers, async ({ actor, params, query }) => {
      const filters = { room_id: params.room_id, membership: query.membership ?? "join", q: query.q };
      const scope = {
        tenantNo: actor.tenant.tenantNo,
        participantNo: actor.participantNo,
        operation: routes.listMembers.operationId,
        filters,
      };
      return db.snapshot(async (reader) => {
        const page = await accessMembers(reader, actor, clock.now(), params.room_id, {
          membership: filters.membership,
          q: query.q === undefined ? undefined : searchFold(query.q),
          after: query.cursor === undefined ? undefined : Number(cursors.decode(scope, query.cursor)[0]),
          limit: query.limit ?? MEMBERS_PAGE,
        });
        const view = { reader, identities, viewerNo: actor.participantNo, now: clock.now() };
        const last = page.rows.at(-1);
        return {
          data: await memberViews(view, page.at, page.rows),
          meta: {
            has_more: page.hasMore,
            next_cursor: page.hasMore ? cursors.encode(scope, [listedPosition(last!.member)]) : null,
            ...totalOf(page.counted),
          },
        };
      });
    }),
  ];
}

function reasonOf({ reason }: { reason?: string }): { reason?: string } {
  return reason === undefined ? {} : { reason };
}

/** Who goes by a kick or ban: never oneself (MB3). */
function goingOf(actor: Actor, { participant_id }: { participant_id: string }): Needs {
  const target = { participantId: participant_id };
  notSelf(actor, target);
  return { target, heirWithout: "target" };
}

function invitee({ participant_id, fqid }: RequestOf<typeof routes.inviteMember>["body"]): TargetName {
  if (participant_id !== undefined && fqid === undefined) return { participantId: participant_id };
  if (fqid !== undefined && participant_id === undefined) return { fqid };
  throw invalid("", "must name one of participant_id and fqid");
}

function notSelf(actor: Actor, target: TargetName): void {
  const isSelf = "fqid" in target ? target.fqid === actor.fqid : target.participantId === actor.participantId;
  if (isSelf) throw invalid("fqid" in target ? "/fqid" : "/participant_id", "is yourself (MB3)");
}

function timeIn(text: string | null | undefined): number | null {
  if (text === undefined || text === null) return null;
  const at = parseTime(text);
  if (at === undefined) throw invalid("/expires_at", "must be an RFC 3339 time, as 2026-01-02T03:04:05.678Z");
  return at;
}
