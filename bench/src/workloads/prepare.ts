import type { Instance } from "../contenders/stand.ts";
import type { LoadProcess } from "../load/load-process.ts";
import { createRoom, join, send } from "./asks.ts";

/** Many at once, since what is prepared is not measured and groups of writes are quicker. */
const CONNECTIONS = 256;

/** One room each for `creators`, in their order. */
export async function prepareRooms(
  load: LoadProcess,
  instance: Instance,
  creators: string[],
  roomType: "public" | "group",
): Promise<string[]> {
  const asks = creators.map((token) => createRoom(token, roomType));
  const plan = { asks, connections: 64, share: "queue", stop: { asks: asks.length }, keepReceipts: true } as const;
  const { receipts } = await load.prepare(instance.address, plan);
  return receipts.sort((a, b) => a.ask - b.ask).map(({ id }) => id);
}

/** `count` public rooms of one creator. */
export async function prepareManyRooms(load: LoadProcess, instance: Instance, count: number): Promise<void> {
  const asks = [createRoom(instance.tokens[0]!, "public")];
  await load.prepare(instance.address, { asks, connections: CONNECTIONS, share: "queue", stop: { asks: count } });
}

export async function prepareJoins(
  load: LoadProcess,
  instance: Instance,
  roomId: string,
  joiners: string[],
): Promise<void> {
  await prepareMembers(
    load,
    instance,
    joiners.map((token) => ({ roomId, token })),
  );
}

/** Each joins one room. */
export async function prepareMembers(
  load: LoadProcess,
  instance: Instance,
  joiners: readonly { roomId: string; token: string }[],
): Promise<void> {
  const asks = joiners.map(({ roomId, token }) => join(token, roomId));
  if (asks.length === 0) return;
  await load.prepare(instance.address, { asks, connections: CONNECTIONS, share: "queue", stop: { asks: asks.length } });
}

/** `count` messages into one room, by `senders` in turn. */
export async function prepareMessages(
  load: LoadProcess,
  instance: Instance,
  roomId: string,
  senders: string[],
  count: number,
): Promise<void> {
  const asks = senders.map((token) => send(token, roomId));
  await load.prepare(instance.address, { asks, connections: CONNECTIONS, share: "queue", stop: { asks: count } });
}
