/** The word of a list that a mistyped one probably meant; undefined when none is near. */
export function nearest(word: string, words: readonly string[]): string | undefined {
  let best: string | undefined;
  // What all begin with says nothing of which one is meant.
  const telling = word.length - sharedBy(words);
  let least = Math.max(2, Math.floor(telling / 3)) + 1;
  for (const candidate of words) {
    const edits = distance(word.toLowerCase(), candidate.toLowerCase());
    if (edits < least) [best, least] = [candidate, edits];
  }
  return best;
}

/** So many letters all of them begin with. */
function sharedBy(words: readonly string[]): number {
  const [first = ""] = words;
  let shared = 0;
  while (shared < first.length && words.every((word) => word[shared] === first[shared])) shared++;
  return shared;
}

/** Letters to insert, delete or replace to make one word of the other. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
