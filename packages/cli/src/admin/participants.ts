import { type Command, Option } from "commander";
import { admin, type DataOf, ParticipantTypes } from "@stairwell/protocol/api";
import { type Acting, withExamples } from "../command.ts";
import { fields, table } from "../output.ts";
import { addCallerOptions, type CallerOptions } from "../server-options.ts";
import { addLimit, asAdmin, firstOf, givenIn, type ListOptions } from "./as-admin.ts";
import { participantId } from "./ids.ts";

type Participant = DataOf<typeof admin.getManagedParticipant>;

interface Filters extends ListOptions {
  q?: string;
  type?: Participant["participant_type"];
  status?: "active" | "deactivated";
}

export function defineParticipants(parent: Command, acting: Acting): void {
  const list = parent
    .command("participants")
    .description("List the tenant's people, bots and agents, deactivated ones too.")
    .option("--q <text>", "whose name or id has this")
    .addOption(new Option("--type <type>", "only these").choices(ParticipantTypes))
    .addOption(new Option("--status <status>", "only these").choices(["active", "deactivated"]));
  addCallerOptions(addLimit(list));
  withExamples(list, "stairwell admin participants --type bot", "stairwell admin participants --q alice --json");
  list.action(
    acting(async ({ output }, options: Filters) => {
      const { q, type, status, limit } = options;
      const query = givenIn({ q, type, status });
      const found = await asAdmin(options, (client) =>
        firstOf(client.rows(admin.listManagedParticipants, { query }), limit),
      );
      const rows = found.map((one) => [one.fqid, one.participant_type, standing(one), one.id, one.display_name]);
      output.data(found, () => table(["WHO", "TYPE", "STANDING", "ID", "NAME"], rows));
    }),
  );
  for (const { verb, says, call } of ACTS) {
    const command = parent.command(verb).addArgument(participantId()).description(says);
    addCallerOptions(command);
    withExamples(command, `stairwell admin ${verb} prt-019b76da-a801-7cd3-9d4e-b485fd695f47`);
    command.action(
      acting(async ({ output }, id: string, options: CallerOptions) => {
        const who = await asAdmin(options, async (client) => (await call(client, id)).data);
        output.data(who, () => participantFields(who));
      }),
    );
  }
}

type Client = Parameters<Parameters<typeof asAdmin>[1]>[0];

const params = (participant_id: string) => ({ params: { participant_id } });

const ACTS: readonly {
  readonly verb: string;
  readonly says: string;
  readonly call: (client: Client, id: string) => Promise<{ data: Participant }>;
}[] = [
  {
    verb: "participant",
    says: "Show one of the tenant's people, bots and agents.",
    call: (client, id) => client.request(admin.getManagedParticipant, params(id)),
  },
  {
    verb: "grant-admin",
    says: "Make somebody an admin of the tenant.",
    call: (client, id) => client.request(admin.updateParticipant, { ...params(id), body: { roles: ["admin"] } }),
  },
  {
    verb: "revoke-admin",
    says: "Take the role of admin from somebody; the last admin keeps it.",
    call: (client, id) => client.request(admin.updateParticipant, { ...params(id), body: { roles: [] } }),
  },
  {
    verb: "deactivate",
    says: "Let somebody in no more: at once, and their tokens end for good.",
    call: (client, id) => client.request(admin.deactivateParticipant, params(id)),
  },
  {
    verb: "reactivate",
    says: "Let somebody in again, without roles, tokens and rooms.",
    call: (client, id) => client.request(admin.reactivateParticipant, params(id)),
  },
];

export function participantFields(who: Participant): string[] {
  return fields({
    participant: who.fqid,
    name: who.display_name,
    type: who.participant_type,
    roles: who.roles.join(", ") || "none",
    standing: standing(who),
    id: who.id,
  });
}

function standing({ deactivated_at, leaving, roles }: Participant): string {
  if (deactivated_at !== null) return leaving ? "leaving" : "deactivated";
  return roles.includes("admin") ? "admin" : "active";
}
