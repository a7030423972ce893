import type { Frame } from "../stream-order.ts";

/** A frame in the words of a script. `names` gives what a script calls a person, a room or a message. */
export function tell(frame: Frame, names: (id: string) => string): string {
  const room = names(frame.room_id);
  switch (frame.type) {
    case "swp.room.message":
      return `message ${JSON.stringify(frame.content.body)} from ${names(frame.sender_id)} in ${room}`;
    case "swp.room.member":
      return `that ${names(frame.content.participant)} ${standing(frame.content)} ${room}`;
    case "typing":
      return `that ${names(frame.participant_id)} ${frame.typing === true ? "types" : "stopped typing"} in ${room}`;
    case "presence":
      return `that ${names(frame.participant_id)} is ${frame.status}`;
    case "read_marker":
      return `read marker at ${names(frame.last_read_event_id)} in ${room}`;
    case "member_settings":
      return `settings ${frame.notification_mode} ${frame.muted_until === null ? "unmuted" : "muted"} of ${room}`;
    case "notification":
      if (frame.reason === "invite") return `invite to ${room}`;
      return `${frame.reason === "mention" ? "mention" : "notification"} of ${names(frame.event_id)} in ${room}`;
    case "error":
      return `error ${frame.error.code}`;
    default:
      return frame.type.includes(".") ? `${frame.type} in ${room}` : frame.type;
  }
}

function standing({ membership, cause }: { membership: string; cause?: string }): string {
  switch (membership) {
    case "join":
      return "joined";
    case "invite":
      return "was invited to";
    case "ban":
      return "was banned from";
    default:
      return DEPARTURES[cause ?? ""] ?? `went (${cause}) from`;
  }
}

const DEPARTURES: Readonly<Record<string, string>> = {
  left: "left",
  declined: "declined",
  kicked: "was kicked from",
  revoked: "was revoked from",
  unbanned: "was unbanned in",
};
