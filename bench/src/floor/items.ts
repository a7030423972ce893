/** Rows to wire. Items bear the keys of the API, so that both contenders put about the same bytes on the wire. */
export interface EventRow {
  id: string;
  position: number;
  sender: string;
  at: number;
  /** JSON as it is stored: spliced into answers, never parsed. */
  content: string;
}

export interface MemberRow {
  member_no: number;
  participant: string;
  at: number;
}

export interface RoomRow {
  id: string;
  name: string;
  at: number;
}

const time = (at: number): string => new Date(at).toISOString();

export function eventItem(roomId: string, row: EventRow): string {
  return (
    `{"id":"${row.id}","room_id":"${roomId}","sender_id":"${row.sender}","event_type":"swp.room.message",` +
    `"content":${row.content},"stream_position":${row.position},"origin_ts":${row.at},"created_at":"${time(row.at)}",` +
    `"edited_at":null,"redacted_at":null,"reactions":[],"reply_count":0}`
  );
}

export function memberItem({ participant, at }: MemberRow): string {
  return (
    `{"participant_id":"${participant}","membership":"join","power_level":0,"joined_at":"${time(at)}",` +
    `"invited_by":null,"reason":null,"cause":null,"ban_expires_at":null,"participant":{"id":"${participant}",` +
    `"local_id":"${participant}","server_name":"bench.localhost","fqid":"@${participant}:bench.localhost",` +
    `"display_name":"${participant}","participant_type":"human","avatar_url":null}}`
  );
}

export function roomItem({ id, name, at }: RoomRow): string {
  return (
    `{"id":"${id}","room_alias":null,"room_type":"public","scope_kind":null,"name":${JSON.stringify(name)},` +
    `"topic":null,"is_public":true,"workspace_id":null,"state":"open","created_at":"${time(at)}"}`
  );
}

export function page(items: string[], nextCursor: number | null): string {
  const next = nextCursor === null ? "null" : `"${nextCursor}"`;
  return `{"data":[${items.join(",")}],"meta":{"has_more":${nextCursor !== null},"next_cursor":${next}}}`;
}
