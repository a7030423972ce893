import { SentLedger } from "../verify/sent-ledger.ts";
import { againstFloor, againstPeer } from "../report/verdict.ts";
import { send } from "./asks.ts";
import { EJABBERD } from "./ejabberd.ts";
import { prepareRooms } from "./prepare.ts";
import { interleave, perSecond, sample } from "./rounds.ts";
import type { Workload } from "./workload.ts";

const SENDERS = 64;

/** Durable sends over REST: 64 connections, each sender alone in a room. */
export const w1RestSends: Workload = {
  id: "W1",
  title: `durable sends over REST, ${SENDERS} connections, own rooms`,
  async run(stand, { rounds, seconds }) {
    const { load } = stand;
    const pair = { subject: await stand.open("subject", SENDERS), floor: await stand.open("floor", SENDERS) };
    const prepare = async (role: keyof typeof pair) => {
      const instance = pair[role];
      const ids = await prepareRooms(load, instance, instance.tokens, "group");
      const rooms = ids.map((id, index) => ({ id, token: instance.tokens[index]! }));
      return {
        instance,
        ledger: await SentLedger.open(instance.address, rooms),
        plan: {
          asks: rooms.map(({ id, token }) => send(token, id)),
          connections: SENDERS,
          share: "own",
          keepReceipts: true,
        } as const,
      };
    };
    const sides = { subject: await prepare("subject"), floor: await prepare("floor") };
    for (const { instance, plan, ledger } of [sides.subject, sides.floor]) {
      const warmUp = await load.prepare(instance.address, { ...plan, stop: { seconds: Math.min(2, seconds) } });
      const [fault] = await ledger.check(warmUp.receipts);
      if (fault !== undefined) throw new Error(`warming up: ${fault}`);
    }
    const sends = await interleave("sends", "sends/s", rounds, (role) => {
      const { instance, plan, ledger } = sides[role];
      return sample(load, instance, { ...plan, stop: { seconds } }, perSecond, ({ receipts }) =>
        ledger.check(receipts),
      );
    });
    return {
      id: this.id,
      title: this.title,
      lines: [sends],
      verdicts: [
        againstFloor(sends, { wanted: "at least", bar: 0.45, aim: 0.75 }),
        againstPeer(sends, EJABBERD.sendsPerSecond, { wanted: "at least", bar: 10, aim: 18 }),
      ],
      notes: [EJABBERD.note],
    };
  },
};
