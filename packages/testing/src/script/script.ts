/**
 * Conversations as text: who does what, and who must hear of it. A report of a fault in the stream can be one.
 *
 *     alice opens public Lobby with bob
 *     bob connects
 *     bob/phone connects by ticket
 *     alice says "hello" in Lobby
 *     bob, bob/phone receives message "hello" from alice in Lobby
 *     alice kicks bob from Lobby
 *     bob, bob/phone receives that bob was kicked from Lobby
 *     alice says "are you there?" in Lobby
 *
 * A line is an act or an expectation; `#` begins a remark. Names are made at their first use: people small (`alice`),
 * rooms capital (`Lobby`). A person's streams are `alice`, `alice/phone`, and so on.
 *
 * After each act, every open stream must have received exactly the frames that the expectations under it say, in their
 * order; one that is not named, nothing. Presence counts only after the line `presence counts`.
 *
 * Acts, over HTTP unless said:
 *
 *     W connects [by ticket | by query]      W disconnects        W returns        (with the cursor)
 *     P opens public|group|incognito R [with P, …]                (they are invited and join)
 *     P opens direct R with P
 *     P invites|kicks|bans|unbans P to|from|in R                  P joins|leaves|archives|closes R
 *     P says "…" in R [mentioning P, …]      P reads "…" in R     P prefers all|mentions|none
 *     W sends "…" in R                       (as a frame, answered by its ack)
 *     W notes "…" in R                       (reads it by a frame)
 *     W types in R      W stops typing in R  W is away|online     (frames)
 *     N s pass                               (on timers of the server)
 *
 * Expectations:
 *
 *     W, … receives F          the next frame of each of these streams; F is one of
 *         message "…" from P in R            that P joined|left|declined R
 *         that P was invited|kicked|revoked|banned|unbanned to|from|in R
 *         that P types in R                  that P stopped typing in R
 *         that P is online|away|offline      read marker at "…" in R
 *         notification of "…" in R           mention of "…" in R
 *         TYPE in R (any other event)        error CODE                reset
 *     P is refused CODE        the act was refused so; an act that nobody expects to be refused must not be
 *     W is closed with CODE
 */
import type { TestContext } from "node:test";
import type { TestServer } from "../test-server.ts";
import { ACTS } from "./acts.ts";
import { Cast } from "./cast.ts";
import { EXPECTATIONS } from "./expectations.ts";
import type { Line } from "./line.ts";

/** Plays a script on a server of its own tenant's usual limits. Throws at the first line that does not hold. */
export async function playScript(t: TestContext, server: TestServer, script: string): Promise<void> {
  if (/^\s*\d+ s pass/m.test(script)) t.mock.timers.enable({ apis: ["setTimeout"] });
  const cast = new Cast(t, server);
  let lastAct = "the beginning";
  for (const [i, raw] of script.split("\n").entries()) {
    const line = raw.replace(/(^|\s)#.*$/, "").trim();
    if (line === "") continue;
    const place = `line ${i + 1}: ${line}`;
    try {
      const expect = find(EXPECTATIONS, line);
      if (expect !== undefined) {
        await expect(cast);
        continue;
      }
      await cast.nothingMore();
      const act = find(ACTS, line);
      if (act === undefined) throw new Error("this is neither an act nor an expectation");
      lastAct = place;
      await act(cast);
    } catch (cause) {
      throw new Error(`${place}\n${(cause as Error).message}\n(the last act was ${lastAct})`, { cause });
    }
  }
  try {
    await cast.nothingMore();
  } catch (cause) {
    throw new Error(`the end of the script\n${(cause as Error).message}\n(the last act was ${lastAct})`, { cause });
  }
}

function find(lines: readonly Line[], text: string): ((cast: Cast) => Promise<void>) | undefined {
  for (const [pattern, does] of lines) {
    const found = pattern.exec(text);
    if (found !== null) return (cast) => does(cast, ...found.slice(1));
  }
  return undefined;
}
