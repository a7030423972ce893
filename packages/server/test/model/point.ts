/** Where in a room a command points. */
import type { Command } from "./commands.ts";
import { CUSTOM, MESSAGE, type World } from "./world.ts";

/** A position that no room of a story reaches. */
export const NOWHERE = 1_000_000;

/**
 * The command with its position looked up. Below zero it counts back what was said in the room, of one's own where
 * it is to be edited: so stories meet what they are about, and need not know the places.
 */
export function pointed(world: World, command: Command): Command {
  if ("at" in command && command.at < 0) return { ...command, at: back(world, command, command.at) };
  if ("replyTo" in command && (command.replyTo ?? 0) < 0) {
    return { ...command, replyTo: back(world, command, command.replyTo!) };
  }
  if ("thread" in command && (command.thread ?? 0) < 0) {
    return { ...command, thread: back(world, command, command.thread!) };
  }
  return command;
}

function back(world: World, command: Extract<Command, { room: string }>, count: number): number {
  const log = world.rooms.get(command.room)?.log ?? [];
  const said = log.flatMap(({ type, sender }, i) => {
    const isMeant = command.do !== "edit" || sender === command.by;
    return isMeant && (type === MESSAGE || type === CUSTOM) ? [i + 1] : [];
  });
  return said.at(count) ?? NOWHERE;
}
