/** Who plays in the demo: a small company that makes a weather app, and is about to release version 3.2 of it. */
export const CAST = {
  ada: { name: "Ada Okafor", does: "leads the release" },
  ben: { name: "Ben Lindqvist", does: "writes the server" },
  chika: { name: "Chika Mori", does: "writes the app" },
  dario: { name: "Dario Conti", does: "designs it" },
  elif: { name: "Elif Kaya", does: "answers the customers" },
  frida: { name: "Frida Holm", does: "writes the handbook" },
} as const;

/** A bot that answers, and an agent that has said what it had to. */
export const PORTER = { localId: "porter", name: "Porter" } as const;
export const SCOUT = { localId: "scout", name: "Scout" } as const;

export type Person = keyof typeof CAST;
export type Who = Person | typeof PORTER.localId | typeof SCOUT.localId;

export const PEOPLE = Object.keys(CAST) as Person[];

/** By the first names that texts use after an `@`. */
export const FIRST_NAMES: Readonly<Record<string, Who>> = {
  Ada: "ada",
  Ben: "ben",
  Chika: "chika",
  Dario: "dario",
  Elif: "elif",
  Frida: "frida",
  Porter: "porter",
  Scout: "scout",
};
