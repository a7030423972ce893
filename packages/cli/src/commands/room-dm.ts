import { StairwellClient } from "@stairwell/client";
import { directory, participants, rooms } from "@stairwell/protocol/api";
import type { Command } from "commander";
import { type Acting, type Run, withExamples } from "../command.ts";
import { UsageError } from "../exit-codes.ts";
import { reaching } from "../reach.ts";
import { addCallerOptions, callerOf, type CallerOptions } from "../server-options.ts";
import { mustBeFqid } from "../whom.ts";

export function defineRoomDm(parent: Command, acting: Acting): void {
  const command = parent
    .command("dm")
    .description(
      "Open the direct room with somebody, of this server or of another, and print its id. Of another server they are " +
        "invited; what is there already is opened again.",
    )
    .argument("<fqid>", "who, as @local_id:server_name");
  addCallerOptions(command);
  withExamples(command, "stairwell room dm @bob:acme.example", "stairwell room dm @bob:rooms.b.example --json");
  command.action(acting(openDm));
}

async function openDm({ output }: Run, fqid: string, options: CallerOptions): Promise<void> {
  mustBeFqid(fqid);
  const caller = await callerOf(options);
  const { status, data } = await reaching(caller.baseUrl, async () => {
    const client = new StairwellClient(caller);
    const { data: me } = await client.request(participants.getMe);
    if (!fqid.endsWith(`:${me.tenant.server_name}`)) {
      return client.request(rooms.openFederatedDm, { body: { fqid }, idempotencyKey: crypto.randomUUID() });
    }
    const body = { participant_id: fqid === me.fqid ? me.participant_id : await idOf(client, fqid) };
    return client.request(rooms.openDm, { body, idempotencyKey: crypto.randomUUID() });
  });
  output.message(status === 201 ? `opened a room with ${fqid}` : `the room with ${fqid} was there`);
  output.data(data, () => [data.id]);
}

async function idOf(client: StairwellClient, fqid: string): Promise<string> {
  const query = { q: fqid.slice(1, fqid.indexOf(":")), limit: 200 };
  for await (const person of client.rows(directory.listParticipants, { query })) {
    if (person.fqid === fqid) return person.id;
  }
  throw new UsageError(`nobody here is called ${fqid}`);
}
