import { type Argument, createArgument, InvalidArgumentError } from "commander";

/** `<participant-id>`; what is no id is refused with where they are found. */
export function participantId(): Argument {
  return idArgument("<participant-id>", "prt-", (given) => `'stairwell admin participants --q ${given}' finds it`);
}

/** `<room-id>`. */
export function roomId(): Argument {
  return idArgument("<room-id>", "room-", (given) => `'stairwell admin rooms --q ${given}' finds it`);
}

function idArgument(name: string, prefix: string, advice: (given: string) => string): Argument {
  return createArgument(name, `an id, ${prefix}…`).argParser((given: string) => {
    if (given.startsWith(prefix)) return given;
    const word = /^[\w@#:.-]+$/.test(given) ? given : "TEXT";
    throw new InvalidArgumentError(`It is an id, ${prefix}…: ${advice(word)}.`);
  });
}
