import type { Instance, Pair, Stand } from "../contenders/stand.ts";
import type { Sample } from "../report/report.ts";
import { SentLedger } from "../verify/sent-ledger.ts";
import { send } from "./asks.ts";
import { prepareRooms } from "./prepare.ts";
import { perSecond, sample } from "./rounds.ts";

/** Senders over REST, each alone in a room. */
export interface RestSenders {
  instance: Instance;
  /** One run, read back. */
  run(seconds: number): Promise<Sample>;
}

/** Starts a contender with so many senders, and lets them send once before anything is measured. */
export async function prepareRestSenders(stand: Stand, role: keyof Pair, senders: number): Promise<RestSenders> {
  const { load } = stand;
  const instance = await stand.open(role, senders);
  const ids = await prepareRooms(load, instance, instance.tokens, "group");
  const rooms = ids.map((id, index) => ({ id, token: instance.tokens[index]! }));
  const ledger = await SentLedger.open(instance.address, rooms);
  const asks = rooms.map(({ id, token }) => send(token, id));
  const plan = { asks, connections: senders, share: "own", keepReceipts: true } as const;
  const run = (seconds: number): Promise<Sample> =>
    sample(load, instance, { ...plan, stop: { seconds } }, perSecond, ({ receipts }) => ledger.check(receipts));
  const [fault] = (await run(2)).faults;
  if (fault !== undefined) throw new Error(`warming up: ${fault}`);
  return { instance, run };
}
