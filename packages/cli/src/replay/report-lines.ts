import { fields } from "../output.ts";
import type { Report } from "./report.ts";
import { grouped } from "../figures.ts";

const OUTCOMES: Record<Report["outcome"], string> = {
  equal: "the room equals the file",
  different: "the room differs from the file",
  stopped: "stopped; the same command goes on",
};

/** A report for people to read. */
export function reportLines(report: Report): string[] {
  const { joins, leaves, seconds, unread, differences, replies_without_event: unlinked } = report;
  const n = grouped;
  return [
    ...fields({
      outcome: OUTCOMES[report.outcome],
      room: `${report.room.name} (${report.room.id})`,
      tenant: `${report.tenant.slug}, which has no limits`,
      lines: `${n(report.lines_done)} of ${n(report.lines)}${report.lines_before > 0 ? `, ${n(report.lines_before)} of them before this run` : ""}`,
      people: n(report.people),
      messages: n(report.messages),
      actions: n(report.actions),
      joins: `${n(joins.made)} made, ${n(joins.no_change)} no change, ${n(joins.before_speaking)} before speaking`,
      leaves: `${n(leaves.made)} made, ${n(leaves.no_change)} no change`,
      "nick events": n(report.nick_events),
      replies: `${n(report.replies)}${unlinked.length > 0 ? `, and to no event in lines ${unlinked.join(", ")}` : ""}`,
      mentions: n(report.mentions),
      seconds: `${seconds.play} to play, ${seconds.sign_in} to sign in, ${seconds.check} to read back and compare`,
      rate: `${n(report.rate)} lines a second`,
      "events in the room": report.events_in_room === null ? "not read" : n(report.events_in_room),
      "head hash": report.head_hash ?? "not read",
      "unread check":
        unread === null
          ? "not made"
          : `${n(unread.people)} people, ${n(unread.unread)} unread messages, ${n(unread.mentions)} mentions`,
      differences: n(differences.count),
    }),
    ...differences.first.map((difference) => `  ${difference}`),
    ...(differences.count > differences.first.length ? ["  …"] : []),
  ];
}
