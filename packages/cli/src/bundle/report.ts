import type { Inspected } from "@stairwell/server";
import { grouped, sizeText } from "../figures.ts";
import { fields } from "../output.ts";
import { omittedText } from "./omitted-text.ts";

const ROOM_TYPES = { group: "a group", public: "a public room", dm: "a direct room", incognito: "an incognito room" };
const MESSAGE = "swp.room.message";

/** What was found in a bundle that is whole, for programs. */
export function reportOf({ head, people, counts, omitted, signature, keyId }: Inspected) {
  const { room, server_name, exported_by, exported_at } = head;
  const { id: room_id, name, room_type, head: position, head_hash } = room;
  return {
    room_id,
    name,
    room_type,
    server_name,
    exported_by,
    exported_at,
    head: position,
    head_hash,
    people,
    ...counts,
    omitted,
    signature,
    key_id: keyId,
  };
}

/** The same for people: what is in it, and then what that proves and what it does not. */
export function reportLines(file: string, found: Inspected): string[] {
  const { head, people, counts, omitted, signature } = found;
  const { room, server_name, exported_by, exported_at } = head;
  const messages = counts.by_type[MESSAGE] ?? 0;
  return [
    `${file}: whole`,
    "",
    ...fields({
      room: `${room.name ?? room.id}, ${ROOM_TYPES[room.room_type]}`,
      server: server_name,
      exported: `${exported_at} by ${exported_by}`,
      people: grouped(people),
      events: `${grouped(counts.events)}, ${messages === 1 ? "one of them a message" : `${grouped(messages)} of them messages`}`,
      files: counts.media === 0 ? "none" : `${grouped(counts.media)}, ${sizeText(counts.media_bytes)}`,
      "left out": omittedText(omitted),
      head: `${grouped(room.head)}, ${room.head_hash}`,
      signature,
    }),
    "",
    ...claims(found),
  ];
}

function claims({ head: { server_name }, signature, keyId }: Inspected): string[] {
  const whole = claim(
    "proven",
    "that it is whole: each event is what was hashed, in one chain without a gap up",
    "to the head, and each file has the bytes that were sent",
  );
  const maker = `that it comes from ${server_name}, or that any of it was ever said:`;
  switch (signature) {
    case "verified":
      return [
        ...whole,
        ...claim(
          "proven",
          `that who holds the key ${keyId}, which you gave, made it:`,
          `${server_name}, if the key is theirs`,
        ),
      ];
    case "unverified":
      return [
        ...whole,
        ...claim(
          "not proven",
          maker,
          `it is signed with the key ${keyId}, of which nothing is known; give it with --key`,
        ),
      ];
    case "absent":
      return [...whole, ...claim("not proven", maker, "it is not signed, and anybody can make such a file")];
  }
}

function claim(standing: "proven" | "not proven", ...lines: readonly string[]): string[] {
  const width = "not proven  ".length;
  return lines.map((line, i) => (i === 0 ? standing : "").padEnd(width) + line);
}
