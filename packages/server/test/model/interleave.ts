/** Plays a story in batches that are sent at once: what comes of each must be explained by some order of it. */
import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import type { Answer, Frame } from "@stairwell/testing";
import { assertData, assertVerdict } from "./answers.ts";
import type { Command } from "./commands.ts";
import { step, stepsDue } from "./departures.ts";
import { answerTo, type Due } from "./model.ts";
import { NOWHERE, pointed } from "./point.ts";
import type { Logged, Stage } from "./stage.ts";
import type { Event, World } from "./world.ts";

/** Answers the world after the last batch. */
export async function playAtOnce(stage: Stage, world: World, batches: readonly (readonly Command[])[]): Promise<World> {
  let now = world;
  for (const [i, batch] of batches.entries()) {
    // The clock belongs to no batch: it passes between them.
    for (const command of batch) if (command.do === "wait") now = waited(stage, now, command);
    now = await together(
      stage,
      now,
      batch.filter((command) => command.do !== "wait"),
      i,
    );
  }
  return now;
}

function waited(stage: Stage, world: World, command: Extract<Command, { do: "wait" }>): World {
  answerTo(world, command);
  stage.wait(command.ms);
  return world;
}

async function together(stage: Stage, world: World, asked: readonly Command[], no: number): Promise<World> {
  const leaves = asked.some((command) => command.do === "deactivate");
  const batch = asked.map((command) => asKnown(world, leaves ? asOne(command) : command));
  const goes = batch.flatMap((command) => (command.do === "deactivate" ? [command.target] : []));
  const isOfStanding = goes.length > 0 || batch.some((command) => command.do === "reactivate");
  if (isOfStanding) await stage.settled();
  const answers = await Promise.all(batch.map((command) => stage.act(command)));
  if (isOfStanding) await stage.afterDepartures();
  const news = await stage.news();
  const came = await stage.frames();
  const explained = new Explanation(stage, batch, answers, news, came).find(world);
  if (explained !== undefined) {
    // Whether they heard it before their stream ended is a matter of moments.
    for (const { room, position } of news) {
      const event = explained.rooms.get(stage.book.named(room) as string)!.log[position - 1]!;
      event.perhaps = goes;
    }
    return explained;
  }
  const told = batch.map((command, i) => {
    const { status, error, data } = answers[i]!;
    return `${JSON.stringify(command)} → ${status} ${JSON.stringify(error ?? stage.book.named(data))}`;
  });
  const events = news.map(({ room, position, type }) => `${stage.book.named(room)}#${position} ${type}`);
  assert.fail(`no order explains what came of batch ${no}:\n${told.join("\n")}\nand the events ${events.join(", ")}`);
}

/** A room's first invites are commands of their own after it is made: somebody's going may come between them. */
function asOne(command: Command): Command {
  return command.do === "create" ? { ...command, invite: [] } : command;
}

/** Nobody knows the id of what is made in the same batch: such a name is unknown, whatever the order. */
function asKnown(world: World, asked: Command): Command {
  const command = pointed(world, asked);
  if ("within" in command && !world.rooms.has(command.within ?? "")) return { ...command, within: "r9" };
  if ("media" in command && !world.media.has(command.media ?? "")) return { ...command, media: "m9" };
  if (!("room" in command)) return command;
  const room = world.rooms.get(command.room);
  if (room === undefined) return { ...command, room: "r9" };
  if ("at" in command && command.at > room.log.length) return { ...command, at: NOWHERE };
  if ("thread" in command && (command.thread ?? 0) > room.log.length) return { ...command, thread: NOWHERE };
  if ("replyTo" in command && (command.replyTo ?? 0) > room.log.length) return { ...command, replyTo: NOWHERE };
  return command;
}

/** The search for an order of a batch in which the model answers as the server did, and appends what came to the logs. */
class Explanation {
  readonly #stage: Stage;
  readonly #batch: readonly Command[];
  readonly #answers: readonly Answer<Record<string, unknown>>[];
  readonly #news: readonly Logged[];
  readonly #came: ReadonlyMap<string, Frame>;

  constructor(
    stage: Stage,
    batch: readonly Command[],
    answers: readonly Answer<Record<string, unknown>>[],
    news: readonly Logged[],
    came: ReadonlyMap<string, Frame>,
  ) {
    this.#stage = stage;
    this.#batch = batch;
    this.#answers = answers;
    this.#news = news;
    this.#came = came;
  }

  find(world: World): World | undefined {
    const made = new Map<string, number>();
    const after = this.#search(world, new Set(this.#batch.keys()), made);
    if (after === undefined) return undefined;
    for (const [name, of] of made) this.#stage.bindMade(name, this.#answers[of]!, this.#news);
    return after;
  }

  /** `made`: what was made so far by its name in this order, and the answer that brought it. */
  #search(world: World, left: ReadonlySet<number>, made: Map<string, number>): World | undefined {
    const steps = stepsDue(world);
    if (left.size === 0 && steps.length === 0) return this.#appended(world, made) ? world : undefined;
    // Somebody's going takes its time, and whatever else was asked comes in between.
    for (const next of steps) {
      const after = structuredClone(world);
      step(after, next);
      const found = this.#isInLog(after, made) ? this.#search(after, left, made) : undefined;
      if (found !== undefined) return found;
    }
    for (const i of left) {
      const after = structuredClone(world);
      const due = answerTo(after, this.#batch[i]!);
      const madeAfter = new Map(made);
      if (!this.#answered(i, due, madeAfter) || !this.#isInLog(after, madeAfter)) continue;
      const rest = new Set(left);
      rest.delete(i);
      const found = this.#search(after, rest, madeAfter);
      if (found === undefined) continue;
      for (const [name, of] of madeAfter) made.set(name, of);
      return found;
    }
    return undefined;
  }

  #answered(i: number, due: Due, made: Map<string, number>): boolean {
    const [command, answer] = [this.#batch[i]!, this.#answers[i]!];
    try {
      assertVerdict(answer, due);
      // What a change shows may be of a moment after it; what is only read is of one moment.
      if (READS.has(command.do)) assertData(command, answer, due, this.#stage.book);
    } catch (error) {
      if (error instanceof assert.AssertionError) return false;
      throw error;
    }
    if (due.made === undefined) return true;
    const known = made.has(due.made) ? idIn(this.#answers[made.get(due.made)!]!) : this.#stage.book.idOf(due.made);
    if (known === undefined) made.set(due.made, i);
    return known === undefined || known === idIn(answer);
  }

  /** Whether all that has been appended in this order is what came to the logs; there may be more to come. */
  #isInLog(world: World, made: ReadonlyMap<string, number>): boolean {
    const ids = new Map([...made].map(([name, of]) => [idIn(this.#answers[of]!), name]));
    return this.#news.every(({ room, position, type, id }) => {
      const event = world.rooms.get(ids.get(room) ?? (this.#stage.book.named(room) as string))?.log[position - 1];
      if (event === undefined) return true;
      const frame = this.#came.get(id);
      // Events of a new room are those of the one call that made it.
      const isTold = frame === undefined || ids.has(room) || isShown(this.#stage.book.named(frame), event);
      return event.type === type && isTold;
    });
  }

  #appended(world: World, made: ReadonlyMap<string, number>): boolean {
    const ids = new Map([...made].map(([name, of]) => [idIn(this.#answers[of]!), name]));
    const isThere = ({ room, position }: Logged): boolean =>
      world.rooms.get(ids.get(room) ?? (this.#stage.book.named(room) as string))?.log[position - 1] !== undefined;
    return this.#news.every(isThere) && total(world) === this.#stage.total;
  }
}

/** What an answer made, a room or a file. */
function idIn({ data }: Answer<Record<string, unknown>>): string {
  return (data.media_id ?? data.id) as string;
}

const READS: ReadonlySet<string> = new Set([
  "look",
  "can",
  "unread",
  "read",
  "mode",
  "mute",
  "bans",
  "alias",
  "inbox",
  "medium",
]);

function isShown(frame: { sender_id: unknown; content: unknown }, { sender, content }: Event): boolean {
  // What is gone by now may have been there when the frame was made.
  if (frame.sender_id !== sender || content === null) return frame.sender_id === sender;
  const { reason: _, ...rest } = frame.content as Record<string, unknown>;
  return isDeepStrictEqual(frame.content, content) || isDeepStrictEqual(rest, content);
}

function total(world: World): number {
  return [...world.rooms.values()].reduce((sum, { log }) => sum + log.length, 0);
}
