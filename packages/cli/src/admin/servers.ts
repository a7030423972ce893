import { type Command, InvalidArgumentError, Option } from "commander";
import { admin, type DataOf } from "@stairwell/protocol/api";
import { type Acting, withExamples } from "../command.ts";
import { UsageError } from "../exit-codes.ts";
import { fields, table } from "../output.ts";
import { addCallerOptions, type CallerOptions } from "../server-options.ts";
import { mustBeFqid } from "../whom.ts";
import { vouching } from "../vouching.ts";
import { asAdmin, givenIn } from "./as-admin.ts";
import { roomId } from "./ids.ts";

type Policy = DataOf<typeof admin.getFederationPolicy>;
type Peer = DataOf<typeof admin.listFederationPeers>[number];

const ROOM = "room-019b76da-a801-7cd3-9d4e-b485fd695f47";
const ANSWERS = ["yes", "no"] as const;
type Answer = (typeof ANSWERS)[number];
const MODES = ["closed", "invite_only", "open"] as const;

interface Changes extends CallerOptions {
  mode?: Policy["default_mode"];
  admit?: string[];
  deny?: string[];
  forget?: string[];
  membersMayInvite?: Answer;
  historyBeforeJoin?: Answer;
  mostOthers?: number;
}

/** `admin peers`, `admin policy`, `admin share`, `admin invite`: with which servers a tenant shares, and what. */
export function defineServers(parent: Command, acting: Acting): void {
  const peers = parent
    .command("peers")
    .description(
      "List the other servers: whether they answer, how many rooms of this server they share, and what waits for them.",
    );
  addCallerOptions(peers);
  withExamples(peers, "stairwell admin peers");
  peers.action(
    acting(async ({ output }, options: CallerOptions) => {
      const { data } = await asAdmin(options, (client) => client.request(admin.listFederationPeers));
      output.data(data, () =>
        data.length === 0
          ? ["The tenant has met no other server."]
          : table(["SERVER", "STATE", "ROOMS", "WAITS", "SINCE", "WRONG"], data.map(rowOf)),
      );
      const unknown = data.filter(({ state }) => state === "not_trusted").map(({ server_name }) => server_name);
      if (unknown.length > 0) output.message(vouching(unknown));
    }),
  );

  const policy = parent
    .command("policy")
    .description("Show with which servers the tenant shares rooms, or change it.")
    .addOption(new Option("--mode <mode>", "for servers that are not named").choices(MODES));
  for (const [name, says] of [
    ["admit", "let this server in; several by several options"],
    ["deny", "neither answer this server nor ask it"],
    ["forget", "treat this server as one that is not named"],
  ] as const) {
    policy.option(`--${name} <server-name>`, says, (one: string, before: string[] | undefined) => [
      ...(before ?? []),
      one,
    ]);
  }
  policy
    .addOption(
      new Option("--members-may-invite <answer>", "whether members of a room invite people of other servers").choices(
        ANSWERS,
      ),
    )
    .addOption(
      new Option("--history-before-join <answer>", "whether a server is given what was said before it came").choices(
        ANSWERS,
      ),
    )
    .option("--most-others <number>", "how many people of other servers a room takes in", countOf);
  addCallerOptions(policy);
  withExamples(policy, "stairwell admin policy --admit rooms.b.example", "stairwell admin policy --mode invite_only");
  policy.action(
    acting(async ({ output }, { mode, admit = [], deny = [], forget = [], ...options }: Changes) => {
      const named = [...admit, ...deny, ...forget];
      if (new Set(named).size < named.length) throw new UsageError("a server is named twice");
      const { data } = await asAdmin(options, async (client) => {
        const shown = await client.request(admin.getFederationPolicy);
        const others = givenIn({
          default_mode: mode,
          members_may_invite: isYes(options.membersMayInvite),
          history_before_join: isYes(options.historyBeforeJoin),
          max_foreign_participants_per_room: options.mostOthers,
        });
        if (named.length === 0 && Object.keys(others).length === 0) return shown;
        const without = (list: readonly string[]) => list.filter((one) => !named.includes(one));
        const body = {
          allowed_peers: [...without(shown.data.allowed_peers), ...admit],
          denied_peers: [...without(shown.data.denied_peers), ...deny],
          ...others,
        };
        return client.request(admin.setFederationPolicy, { body });
      });
      output.data(data, () => policyFields(data));
    }),
  );

  const share = parent
    .command("share")
    .addArgument(roomId())
    .description(
      "Open a room to other servers. With --end its sharing ends, for good: those of other servers leave it, and keep what " +
        "they have.",
    )
    .option("--end", "end it");
  addCallerOptions(share);
  withExamples(share, `stairwell admin share ${ROOM}`);
  share.action(
    acting(async ({ output }, room_id: string, { end, ...options }: CallerOptions & { end?: true }) => {
      const call = { params: { room_id }, body: { enabled: end !== true } };
      const { data } = await asAdmin(options, (client) => client.request(admin.federateRoom, call));
      output.data(data, () => [`${data.id} ${sharingOf(data, end === true)}.`]);
    }),
  );

  const invite = parent
    .command("invite")
    .addArgument(roomId())
    .argument("<fqid>")
    .description("Invite somebody of another server, @local_id:server_name, to a room that is shared.")
    .option("--reason <text>", "why, which they read");
  addCallerOptions(invite);
  withExamples(invite, `stairwell admin invite ${ROOM} @bob:rooms.b.example --reason "Our project"`);
  invite.action(
    acting(async ({ output }, room_id: string, fqid: string, options: CallerOptions & { reason?: string }) => {
      mustBeFqid(fqid);
      const body = { fqid, ...(options.reason === undefined ? {} : { reason: options.reason }) };
      const call = { params: { room_id }, body, idempotencyKey: crypto.randomUUID() };
      const { data } = await asAdmin(options, (client) => client.request(admin.inviteFederated, call));
      output.data(data, () => [
        `${data.participant.fqid} ${data.membership === "invite" ? "is invited" : "is in the room"}.`,
      ]);
    }),
  );
}

function isYes(answer: Answer | undefined): boolean | undefined {
  return answer === undefined ? undefined : answer === "yes";
}

function countOf(text: string): number {
  if (!/^(?:0|[1-9][0-9]{0,5})$/.test(text)) throw new InvalidArgumentError("It is a number from 0 to 999999.");
  return Number(text);
}

/** The log of another server's room goes on after we have left it. */
function sharingOf({ federated, hub }: DataOf<typeof admin.federateRoom>, isToEnd: boolean): string {
  if (!federated) return "is shared no more";
  return isToEnd ? `is left by everybody of this server; its own, ${hub}, is told` : "is open to other servers";
}

function rowOf({ server_name, state, rooms, queued, oldest_queued_at, last_error }: Peer): string[] {
  return [server_name, state, String(rooms.length), String(queued), oldest_queued_at ?? "-", last_error ?? "-"];
}

function policyFields(policy: Policy): string[] {
  return fields({
    mode: policy.default_mode,
    admitted: policy.allowed_peers.join(", ") || "-",
    denied: policy.denied_peers.join(", ") || "-",
    "members may invite": policy.members_may_invite ? "yes" : "no",
    "history before join": policy.history_before_join ? "yes" : "no",
    "others in a room": `${policy.max_foreign_participants_per_room} at most`,
  });
}
