import type { Ask, Outcome, Plan } from "../../load/plan.ts";
import type { LoadProcess } from "../../load/load-process.ts";
import type { Sample } from "../../report/report.ts";
import { checkMembers } from "../../verify/members-once.ts";
import { SentLedger } from "../../verify/sent-ledger.ts";
import { join, leave, list, send } from "../asks.ts";
import { prepareMessages } from "../prepare.ts";
import { perSecond, sample, singlyPerSecond } from "../rounds.ts";
import { middle, newest, PAGE, samePage } from "../w6/readings.ts";
import { SENDERS, type Town } from "./town.ts";

/** Each joins alone and leaves again after the clock stopped, so that a room keeps its size. */
export const SINGLES = 50;
const CONNECTIONS = 8;
const MEMBERS_PAGE = 100;

/** One way in which a town is used. */
export interface Use {
  name: string;
  unit: string;
  run(load: LoadProcess, town: Town, round: number, seconds: number): Promise<Sample>;
}

function reads(name: string, unit: string, asked: (town: Town) => { asks: Ask[]; check: Check }): Use {
  return {
    name,
    unit,
    run(load, town, _, seconds) {
      const { asks, check } = asked(town);
      const plan: Plan = { asks, connections: CONNECTIONS, share: "queue", stop: { seconds } };
      return sample(load, town.instance, plan, perSecond, check);
    },
  };
}

type Check = (outcome: Outcome) => Promise<string[]>;

const shelf = ({ instance, roomId, size }: Town) => ({ instance, roomId, size: size.events });

/** A page of a list: as many items, and the same bytes every time. */
const page = (path: (town: Town) => string, items: number) => (town: Town) =>
  samePage(town.instance, list(town.reader, path(town), `limit=${items}`), items);

/** An answer that is no list. */
const one = (path: (town: Town) => string) => (town: Town) => ({
  asks: [list(town.reader, path(town), "")],
  check: async () => [],
});

const joining: Use = {
  name: "join",
  unit: "joins/s",
  async run(load, town, round) {
    const { instance, roomId, size } = town;
    const joiners = town.strangers.slice(round * SINGLES, (round + 1) * SINGLES);
    const alone = { connections: 1, share: "queue", stop: { asks: SINGLES } } as const;
    const plan = { ...alone, asks: joiners.map((token) => join(token, roomId)) };
    const measured = await sample(load, instance, plan, singlyPerSecond, () =>
      checkMembers(instance.address, town.reader, roomId, size.members + SINGLES),
    );
    await load.prepare(instance.address, { ...alone, asks: joiners.map((token) => leave(token, roomId)) });
    // So that the newest page has messages in a town of any size, wherever sends go.
    await prepareMessages(load, instance, roomId, town.senders, PAGE);
    return measured;
  },
};

/** Into the busy room where that is large; else into another, or it would not stay small. */
const sending: Use = {
  name: "send",
  unit: "sends/s",
  async run(load, { instance, roomId, senders, empty }, round, seconds) {
    const target = empty[round] ?? roomId;
    const token = senders[0]!;
    const ledger = await SentLedger.fromHeads(instance.address, [{ id: target, token }]);
    const asks = senders.slice(0, SENDERS).map((sender) => send(sender, target));
    const plan: Plan = { asks, connections: CONNECTIONS, share: "queue", stop: { seconds }, keepReceipts: true };
    return sample(load, instance, plan, perSecond, ({ receipts }) =>
      ledger.check(receipts.map((receipt) => ({ ...receipt, ask: 0 }))),
    );
  },
};

/** The seven things that must not cost more as rooms and tenants grow. */
export const USES: readonly Use[] = [
  joining,
  sending,
  reads(
    "get",
    "rooms/s",
    one(({ roomId }) => `/v1/rooms/${roomId}`),
  ),
  reads(
    "directory page",
    "pages/s",
    page(() => "/v1/directory/rooms", PAGE),
  ),
  reads(
    "members page",
    "pages/s",
    page(({ roomId }) => `/v1/rooms/${roomId}/members`, MEMBERS_PAGE),
  ),
  reads("history page, newest", "pages/s", (town) => newest(shelf(town))),
  reads("history page, middle", "pages/s", (town) => middle(shelf(town))),
  reads(
    "unread",
    "answers/s",
    one(() => "/v1/rooms/unread"),
  ),
];
