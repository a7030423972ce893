import { type RoomId, StairwellError } from "@stairwell/protocol";
import { MEMBERS_SHAPE, MOST_MEMBERS, type WireJoin, type WireMembers } from "@stairwell/protocol/federation";
import type { Clock } from "../../lib/clock.ts";
import type { HubPeer, ReplicaParts } from "./peer.ts";

/** What all pages may take together; each is a call of its own (FD21). */
const DEADLINE_MS = 5 * 60_000;

/**
 * A join with all members of its state: those beyond the first are fetched from the hub page by page, in the order of their
 * FQIDs, as of the state's position. Whether they are those that the hub signed is for the caller to check.
 * `SW_FED_PEER_UNREACHABLE` where they do not come, or without an end.
 */
export async function withAllMembers(
  { get, clock }: Pick<ReplicaParts, "get"> & { readonly clock: Pick<Clock, "monotonic"> },
  { tenant, serverName }: HubPeer,
  roomId: RoomId,
  join: WireJoin,
): Promise<WireJoin> {
  if (join.members_truncated !== true) return join;
  const { members_truncated: _, ...whole } = join;
  const members = [...join.state.members];
  const names = { ...join.names };
  const until = clock.monotonic() + DEADLINE_MS;
  for (let after = members.at(-1)?.fqid ?? null; after !== null;) {
    if (clock.monotonic() > until) throw unreachable("The room's members did not come in time.");
    const query = `position=${join.state.position}&after=${encodeURIComponent(after)}`;
    const answer = await get(tenant, serverName, `/rooms/${encodeURIComponent(roomId)}/members?${query}`);
    const fault = MEMBERS_SHAPE(answer, "");
    if (fault !== undefined) throw unreachable(`The room's members are wrong at ${fault.path}: ${fault.reason}.`);
    const page = answer as unknown as WireMembers;
    const isFurther =
      page.members.length > 0 && page.members.every(({ fqid }, i) => fqid > (page.members[i - 1]?.fqid ?? after!));
    if (!isFurther || members.length + page.members.length > MOST_MEMBERS) {
      throw unreachable("The room's members do not come in order, or without an end.");
    }
    members.push(...page.members);
    Object.assign(names, page.names);
    after = page.next;
  }
  return { ...whole, names, state: { ...join.state, members } };
}

function unreachable(message: string): StairwellError {
  return new StairwellError("SW_FED_PEER_UNREACHABLE", { message, rule: "FD12" });
}
