/** SQLite's primary result codes (sqlite.org/rescode.html). */
const READONLY = 8;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const NOTADB = 26;

/** Why a store cannot be opened, as a sentence that says what to do; any other error as it is. */
export function openFault(error: unknown, folder: string): unknown {
  const code = codeIn(error);
  const say = (sentence: string): Error => new Error(sentence, { cause: error });
  switch (code) {
    case READONLY:
    case CANTOPEN:
      return say(
        `this user may not open or write the files in ${folder}: run as their owner, or chown them to this user`,
      );
    case FULL:
      return say(`the disk of ${folder} is full: free some space and start again; nothing is lost`);
    case NOTADB:
    case CORRUPT:
      return say(`the store in ${folder} is damaged: keep it aside, and restore a backup with 'stairwell restore'`);
    default:
      return error;
  }
}

/** Of the error or of what it came from; -1 where the engine has no part in it. */
function codeIn(error: unknown): number {
  for (let at = error; at instanceof Error; at = at.cause) if ("errcode" in at) return Number(at.errcode) & 0xff;
  return -1;
}
