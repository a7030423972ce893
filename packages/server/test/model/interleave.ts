/** Plays a story in batches that are sent at once: what comes of each must be explained by some order of it. */
import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import type { Answer, Frame } from "@stairwell/testing";
import { assertData, assertVerdict } from "./answers.ts";
import type { Command } from "./commands.ts";
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
  const batch = asked.map((command) => asKnown(world, command));
  const answers = await Promise.all(batch.map((command) => stage.act(command)));
  const news = await stage.news();
  const came = await stage.frames();
  const explained = new Explanation(stage, batch, answers, news, came).find(world);
  if (explained !== undefined) return explained;
  const told = batch.map((command, i) => {
    const { status, error, data } = answers[i]!;
    return `${JSON.stringify(command)} → ${status} ${JSON.stringify(error ?? stage.book.named(data))}`;
  });
  const events = news.map(({ room, position, type }) => `${stage.book.named(room)}#${position} ${type}`);
  assert.fail(`no order explains what came of batch ${no}:\n${told.join("\n")}\nand the events ${events.join(", ")}`);
}

/** Nobody knows the id of what is made in the same batch: such a name is unknown, whatever the order. */
function asKnown(world: World, asked: Command): Command {
  const command = pointed(world, asked);
  if (!("room" in command)) return command;
  const room = world.rooms.get(command.room);
  if (room === undefined) return { ...command, room: "r9" };
  if ("at" in command && command.at > room.log.length) return { ...command, at: NOWHERE };
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
    const made = new Map<string, string>();
    const after = this.#search(world, new Set(this.#batch.keys()), made);
    if (after === undefined) return undefined;
    for (const [key, id] of made) this.#stage.bindRoom(key, id, this.#news);
    return after;
  }

  /** `made`: the rooms made so far, by their names in this order. */
  #search(world: World, left: ReadonlySet<number>, made: Map<string, string>): World | undefined {
    if (left.size === 0) return this.#appended(world, made) ? world : undefined;
    for (const i of left) {
      const after = structuredClone(world);
      const due = answerTo(after, this.#batch[i]!);
      const madeAfter = new Map(made);
      if (!this.#answered(i, due, madeAfter)) continue;
      const rest = new Set(left);
      rest.delete(i);
      const found = this.#search(after, rest, madeAfter);
      if (found === undefined) continue;
      for (const [key, id] of madeAfter) made.set(key, id);
      return found;
    }
    return undefined;
  }

  #answered(i: number, due: Due, made: Map<string, string>): boolean {
    const [command, answer] = [this.#batch[i]!, this.#answers[i]!];
    try {
      assertVerdict(answer, due);
      // What a change shows may be of a moment after it; what is only read is of one moment.
      if (READS.has(command.do)) assertData(command, answer, due, this.#stage.book);
    } catch (error) {
      if (error instanceof assert.AssertionError) return false;
      throw error;
    }
    if (due.room === undefined) return true;
    const id = answer.data.id as string;
    const known = made.get(due.room) ?? this.#stage.book.idOf(due.room);
    if (known === undefined) made.set(due.room, id);
    return known === undefined || known === id;
  }

  #appended(world: World, made: ReadonlyMap<string, string>): boolean {
    const keys = new Map([...made].map(([key, id]) => [id, key]));
    let count = 0;
    for (const { room, position, id, type } of this.#news) {
      const key = keys.get(room) ?? (this.#stage.book.named(room) as string);
      const event = world.rooms.get(key)?.log[position - 1];
      if (event === undefined || event.type !== type) return false;
      const frame = this.#came.get(id);
      // Events of a new room are those of the one call that made it.
      if (frame !== undefined && !keys.has(room) && !isShown(this.#stage.book.named(frame), event)) return false;
      count++;
    }
    return count === this.#news.length && total(world) === this.#stage.total;
  }
}

const READS: ReadonlySet<string> = new Set(["look", "can", "unread", "read", "mode", "mute"]);

function isShown(frame: { sender_id: unknown; content: unknown }, { sender, content }: Event): boolean {
  // What is gone by now may have been there when the frame was made.
  return frame.sender_id === sender && (content === null || isDeepStrictEqual(frame.content, content));
}

function total(world: World): number {
  return [...world.rooms.values()].reduce((sum, { log }) => sum + log.length, 0);
}
