import type { Command } from "commander";
import { admin, type DataOf } from "@stairwell/protocol/api";
import { type Acting, withExamples } from "../command.ts";
import { table } from "../output.ts";
import { addCallerOptions, type CallerOptions } from "../server-options.ts";
import { asAdmin } from "./as-admin.ts";
import { roomId } from "./ids.ts";

type Conflict = DataOf<typeof admin.getConflict>;

const ROOM = "room-019b76da-a801-7cd3-9d4e-b485fd695f47";
const HEAD = "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8";

interface Choice extends CallerOptions {
  choose?: string;
}

interface GoingOn extends CallerOptions {
  without?: string;
}

/** `admin conflict`, `admin recovery`: rooms that are shared with other servers, where those cannot settle it. */
export function defineSharing(parent: Command, acting: Acting): void {
  const conflict = parent
    .command("conflict")
    .addArgument(roomId())
    .description(
      "Show the two logs that a room's server has signed, or choose one: it goes on here, and the proof of both is kept.",
    )
    .option("--choose <hash>", "the head of the log to go on with");
  addCallerOptions(conflict);
  withExamples(conflict, `stairwell admin conflict ${ROOM}`, `stairwell admin conflict ${ROOM} --choose ${HEAD}`);
  conflict.action(
    acting(async ({ output }, room_id: string, { choose, ...options }: Choice) => {
      const params = { room_id };
      const { data } = await asAdmin<{ data: Conflict }>(options, (client) =>
        choose === undefined
          ? client.request(admin.getConflict, { params })
          : client.request(admin.chooseBranch, { params, body: { choose } }),
      );
      output.data(data, () =>
        data.branches.length === 0
          ? ["Nobody has shown this server a second log of the room."]
          : table(["HEAD", "AT", "PARTS AT", "HERE", "CHOSEN"], data.branches.map(rowOf)),
      );
    }),
  );

  const recovery = parent
    .command("recovery")
    .description("Show whom the server waits for after it was restored, or go on without one that does not come back.")
    .option("--without <server-name>", "the server to go on without");
  addCallerOptions(recovery);
  withExamples(recovery, "stairwell admin recovery", "stairwell admin recovery --without rooms.b.example");
  recovery.action(
    acting(async ({ output }, { without, ...options }: GoingOn) => {
      const data = await asAdmin(options, async (client) => {
        if (without !== undefined) {
          const { data: ended } = await client.request(admin.goOnWithout, { body: { without } });
          if (ended.rooms === 0) output.message(`No room waits for ${without}: nothing was done.`);
        }
        return (await client.request(admin.listRecoveries, {})).data;
      });
      const rows = data.map(({ room_id, server_name, last_error }) => [room_id, server_name, last_error ?? "-"]);
      output.data(data, () =>
        rows.length === 0 ? ["No room waits for another server."] : table(["ROOM", "WAITS FOR", "WRONG"], rows),
      );
    }),
  );
}

function rowOf({ head, position, is_here, chosen }: Conflict["branches"][number]): string[] {
  return [head.hash, String(head.position), String(position), is_here ? "yes" : "-", chosen ? "yes" : "-"];
}
