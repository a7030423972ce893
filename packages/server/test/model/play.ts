/** Plays a story command by command, and holds every answer and every event against the model. */
import assert from "node:assert/strict";
import { assertData, assertVerdict } from "./answers.ts";
import type { Command } from "./commands.ts";
import { leaveAll } from "./departures.ts";
import { answerTo } from "./model.ts";
import { pointed } from "./point.ts";
import type { Stage } from "./stage.ts";
import type { World } from "./world.ts";

export async function playInOrder(stage: Stage, world: World, story: readonly Command[]): Promise<void> {
  for (const [i, command] of story.entries()) {
    try {
      await step(stage, world, command);
    } catch (cause) {
      throw new Error(`at ${i}: ${JSON.stringify(command)}: ${(cause as Error).message}`, { cause });
    }
  }
}

async function step(stage: Stage, world: World, asked: Command): Promise<void> {
  const command = pointed(world, asked);
  const heads = headsOf(world);
  const due = answerTo(world, command);
  if (command.do === "wait") return stage.wait(command.ms);
  const isOfStanding = command.do === "deactivate" || command.do === "reactivate";
  // What is under way to somebody is not held up for their going.
  if (isOfStanding) await stage.settled();
  const answer = await stage.act(command);
  assertVerdict(answer, due);
  if (isOfStanding) await stage.afterDepartures();
  leaveAll(world);
  const news = await stage.news();
  if (due.made !== undefined) stage.bindMade(due.made, answer, news);
  // I8: a refusal and a no-op append nothing, everything else exactly what is due.
  const came = news.map(({ room, position, type }) => ({ room: stage.book.named(room) as string, position, type }));
  assert.deepEqual(came.sort(byPlace), added(world, heads).sort(byPlace), "the events that came to the logs");
  assertData(command, answer, due, stage.book);
}

function headsOf(world: World): Map<string, number> {
  return new Map([...world.rooms.values()].map(({ key, log }) => [key, log.length]));
}

/** The events at the ends of the logs. A command changes one room only, but for somebody's going from all. */
function added(world: World, heads: ReadonlyMap<string, number>): Place[] {
  return [...world.rooms.values()].flatMap(({ key, log }) => {
    const before = heads.get(key) ?? 0;
    return log.slice(before).map(({ type }, i) => ({ room: key, position: before + i + 1, type }));
  });
}

interface Place {
  readonly room: string;
  readonly position: number;
  readonly type: string;
}

const byPlace = (a: Place, b: Place): number =>
  a.room === b.room ? a.position - b.position : a.room < b.room ? -1 : 1;
