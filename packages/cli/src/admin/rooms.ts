import { type Command, Option } from "commander";
import { admin, type DataOf, RoomStates, RoomTypes } from "@stairwell/protocol/api";
import { type Acting, withExamples } from "../command.ts";
import { fields, table } from "../output.ts";
import { addCallerOptions, type CallerOptions } from "../server-options.ts";
import { addLimit, asAdmin, firstOf, givenIn, type ListOptions } from "./as-admin.ts";
import { participantId, roomId } from "./ids.ts";

type Room = DataOf<typeof admin.getManagedRoom>;

const ROOM = "room-019b76da-a801-7cd3-9d4e-b485fd695f47";

interface Filters extends ListOptions {
  q?: string;
  type?: Room["room_type"];
  state?: Room["state"];
}

interface Redaction extends CallerOptions {
  reason: string;
}

export function defineRooms(parent: Command, acting: Acting): void {
  const list = parent
    .command("rooms")
    .description("List all rooms of the tenant, the newest first: what they are, never what is said in them.")
    .option("--q <text>", "whose name, topic or alias has this")
    .addOption(new Option("--type <type>", "only these").choices(RoomTypes))
    .addOption(new Option("--state <state>", "only these").choices(RoomStates));
  addCallerOptions(addLimit(list));
  withExamples(list, "stairwell admin rooms --state archived");
  list.action(
    acting(async ({ output }, options: Filters) => {
      const { q, type, state, limit } = options;
      const query = givenIn({ q, type, state });
      const found = await asAdmin(options, (client) => firstOf(client.rows(admin.listManagedRooms, { query }), limit));
      const rows = found.map((one) => [one.id, typeOf(one), one.state, String(one.members_count), one.name ?? "-"]);
      output.data(found, () => table(["ROOM", "TYPE", "STATE", "MEMBERS", "NAME"], rows));
    }),
  );

  const show = parent
    .command("room")
    .addArgument(roomId())
    .description("Show a room of the tenant: what it is, never its content.");
  addCallerOptions(show);
  withExamples(show, `stairwell admin room ${ROOM}`);
  show.action(
    acting(async ({ output }, room_id: string, options: CallerOptions) => {
      const call = { params: { room_id } };
      const { data } = await asAdmin(options, (client) => client.request(admin.getManagedRoom, call));
      output.data(data, () => roomFields(data));
    }),
  );

  const restore = parent
    .command("restore-room")
    .addArgument(roomId())
    .addArgument(participantId())
    .description("Restore an archived room for somebody who is or was joined in it.");
  addCallerOptions(restore);
  withExamples(restore, `stairwell admin restore-room ${ROOM} prt-019b76da-a801-7cd3-9d4e-b485fd695f48`);
  restore.action(
    acting(async ({ output }, room_id: string, participant_id: string, options: CallerOptions) => {
      const call = { params: { room_id }, body: { participant_id } };
      const { data } = await asAdmin(options, (client) => client.request(admin.restoreRoom, call));
      output.data(data, () => roomFields(data));
    }),
  );

  const redact = parent
    .command("redact")
    .addArgument(roomId())
    .argument("<event-id>")
    .description("Delete the content of an event in any room of the tenant, for good; the audit has who asked.")
    .requiredOption("--reason <text>", "why, which the room's log keeps");
  addCallerOptions(redact);
  withExamples(redact, `stairwell admin redact ${ROOM} evt-019b76da-a801-7cd3-9d4e-b485fd695f48 --reason "Spam"`);
  redact.action(
    acting(async ({ output }, room_id: string, event_id: string, options: Redaction) => {
      const call = { params: { room_id, event_id }, body: { reason: options.reason } };
      const { data } = await asAdmin(options, (client) => client.request(admin.redactManagedEvent, call));
      output.data(data, () => [`${data.event_id} was redacted at ${data.redacted_at}.`]);
    }),
  );
}

function typeOf({ room_type, scope_kind }: Room): string {
  return scope_kind ?? room_type;
}

function roomFields(room: Room): string[] {
  return fields({
    room: room.id,
    name: room.name ?? "-",
    alias: room.room_alias ?? "-",
    type: typeOf(room),
    state: room.state,
    members: `${room.members_count} joined, ${room.invites_count} invited`,
    entries: String(room.head),
    shared: room.federated ? `with other servers; its log is kept by ${room.hub}` : "no",
    made: room.created_at,
    active: room.active_at,
  });
}
