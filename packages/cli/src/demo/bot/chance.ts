const MOST_DICE = 100;
const MOST_SIDES = 1000;
/** More dice are added up without being shown. */
const SHOWN_DICE = 20;

/** Rolls `2d6`, `d20`, or one die of six sides where nothing is said. */
export function roll(wanted: string, random: () => number): string {
  const parts = /^(\d*)d(\d+)\b/i.exec(wanted.trim());
  const count = Number(parts?.[1] || 1);
  const sides = Number(parts?.[2] ?? 6);
  if (count < 1 || count > MOST_DICE || sides < 2 || sides > MOST_SIDES) {
    return `I have ${MOST_DICE} dice, of 2 to ${MOST_SIDES} sides.`;
  }
  const dice = Array.from({ length: count }, () => 1 + Math.floor(random() * sides));
  const sum = String(dice.reduce((all, one) => all + one, 0));
  return count === 1 || count > SHOWN_DICE ? sum : `${dice.join(" + ")} = ${sum}`;
}

/** Picks one of things that commas and `or` part. */
export function pick(wanted: string, random: () => number): string {
  const things = wanted
    .split(/,|\bor\b/i)
    .map((thing) => thing.trim().replace(/[?.!]+$/, ""))
    .filter((thing) => thing !== "");
  return things[Math.floor(random() * things.length)] ?? "Tell me what from: `pick tea, coffee or both`.";
}
