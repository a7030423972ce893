import type { Instance } from "../../contenders/stand.ts";
import type { Ask, Outcome } from "../../load/plan.ts";
import { checkPage } from "../../verify/page.ts";
import { checkWholeLog } from "../../verify/whole-log.ts";
import { list } from "../asks.ts";
import type { Directory, Shelf } from "./library.ts";

/** Events of a history page. */
export const PAGE = 50;
const MEMBERS_PAGE = 100;
/** Different pages around the middle, so that no single one is all that is read. */
const MIDDLES = 16;

/** One kind of page, of one instance. */
export interface Reading {
  instance: Instance;
  asks: Ask[];
  follow?: "from";
  check: (outcome: Outcome) => Promise<string[]>;
}

export function newest({ instance, roomId }: Shelf): Reading {
  return samePage(instance, history(instance, roomId, ""), PAGE);
}

export function middle({ instance, roomId, size }: Shelf): Reading {
  const from = (n: number): number => Math.round(size * (0.45 + (0.1 * n) / MIDDLES));
  const asks = Array.from({ length: MIDDLES }, (_, n) => history(instance, roomId, `&from=${from(n)}`));
  return { instance, asks, check: () => checkPage(instance.address, asks[0]!, PAGE, null) };
}

/** From the head to the first event, page by page, again and again. */
export function walking({ instance, roomId, size }: Shelf): Reading {
  const ask = history(instance, roomId, "");
  const check = (): Promise<string[]> => checkWholeLog(instance.address, ask.token, roomId, size);
  return { instance, asks: [ask], follow: "from", check };
}

export function directory({ instance, token }: Directory): Reading {
  return samePage(instance, list(token, "/v1/directory/rooms", `limit=${PAGE}`), PAGE);
}

export function members({ instance, roomId }: Shelf): Reading {
  const ask = list(instance.tokens[1]!, `/v1/rooms/${roomId}/members`, `limit=${MEMBERS_PAGE}`);
  return samePage(instance, ask, MEMBERS_PAGE);
}

function history(instance: Instance, roomId: string, more: string): Ask {
  return list(instance.tokens[1]!, `/v1/rooms/${roomId}/messages`, `limit=${PAGE}${more}`);
}

/** A page that nothing changes: every answer has the bytes of the one that is looked into. */
export function samePage(instance: Instance, ask: Ask, items: number): Reading {
  const check = ({ answers, bytes }: Outcome): Promise<string[]> =>
    checkPage(instance.address, ask, items, bytes / answers);
  return { instance, asks: [ask], check };
}
