import type { TestContext } from "node:test";
import { openControl } from "@stairwell/server";
import type { TestServer } from "@stairwell/testing";
import { parseLine } from "../../src/replay/conversation/parse-line.ts";
import type { Line } from "../../src/replay/conversation/line.ts";
import { replay, type ReplayOptions } from "../../src/replay/replay.ts";
import type { Report } from "../../src/replay/report.ts";
import type { Door } from "../../src/replay/server/sign-in.ts";
import { leanFetch } from "../../src/replay/server/lean-fetch.ts";

export function linesOf(texts: readonly string[]): Line[] {
  return texts.map((text, i) => {
    const line = parseLine(text, i + 1);
    if ("problem" in line) throw new Error(`line ${line.number} ${line.problem}`);
    return line;
  });
}

/** Plays lines into the room `talk` of a test's server. */
export async function playInto(
  t: TestContext,
  server: TestServer,
  texts: readonly string[],
  { url = server.url, fetch, ...options }: Partial<ReplayOptions & Door> = {},
): Promise<Report> {
  const control = await openControl(server.data);
  const lean = leanFetch();
  t.after(() => lean.close());
  return replay({ url, fetch: fetch ?? lean.fetch }, control, {
    lines: linesOf(texts),
    tenant: "replay",
    room: "talk",
    speed: { kind: "max" },
    onProgress: () => {},
    ...options,
  });
}

/** A fetch that lets a test do something before each call. */
export function meddlingFetch(
  t: TestContext,
  meddle: (call: { address: string; body: string }) => Promise<void> | void,
): typeof globalThis.fetch {
  const lean = leanFetch();
  t.after(() => lean.close());
  return async (address, init) => {
    await meddle({ address: address as string, body: (init?.body as string | null) ?? "" });
    return lean.fetch(address, init);
  };
}
