import { members, rooms } from "@stairwell/protocol/api";
import { localIdOf } from "../plan/local-id.ts";
import type { Plan } from "../plan/plan.ts";
import type { Entered } from "../server/enter.ts";
import type { Differences } from "./differences.ts";

/** Compares the members with who must be in the room and who must have left, and what everybody is called. */
export async function compareMembers(
  differences: Differences,
  plan: Plan,
  { roomId, host, people }: Entered,
): Promise<void> {
  const nicks = new Map([...people].map(([nick, { participantId }]) => [participantId, nick]));
  for (const membership of ["join", "leave"] as const) {
    const expected = new Set(membership === "join" ? plan.inRoom : plan.left);
    const query = { membership, limit: 500 };
    for await (const { participant } of host.client.rows(members.listMembers, { params: { room_id: roomId }, query })) {
      if (participant.id === host.participantId) continue;
      const nick = nicks.get(participant.id);
      if (nick === undefined || !expected.delete(nick)) {
        differences.add(`${participant.fqid} has the membership ${membership} and should not`);
        continue;
      }
      differences.expect(`the display name of ${nick}`, participant.display_name, nick);
      differences.expect(`the local id of ${nick}`, participant.local_id, localIdOf(nick));
    }
    for (const nick of expected) differences.add(`${nick} should have the membership ${membership} and has not`);
  }
}

/** Compares what the room says of itself with the log that was read. */
export async function compareRoom(
  differences: Differences,
  plan: Plan,
  { roomId, host }: Entered,
  log: { read: number; messages: number },
): Promise<void> {
  const { data: room } = await host.client.request(rooms.getRoom, { params: { room_id: roomId } });
  differences.expect("the room's head", room.head, log.read);
  differences.expect("the number of members", room.members_count, plan.inRoom.size + 1);
  differences.expect("the host's unread count", room.me?.unread_count, log.messages);
  differences.expect("the host's mention count", room.me?.mention_count, 0);
}
