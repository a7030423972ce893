/** Statements that cannot be mistaken for English, in any case. */
const SHAPES = [
  /^select\b.+\bfrom\b/is,
  /^(?:insert\s+(?:or\s+\w+\s+)?into|replace\s+into|delete\s+from|update\s+\S+\s+set|release\s+savepoint)\s/i,
  /^with\s+(?:recursive\s+)?\w+(?:\s*\([^)]*\))?\s+as\s*\(/i,
  /^(?:create|drop|alter)\s+(?:unique\s+|virtual\s+|temp\s+|temporary\s+)*(?:table|index|trigger|view)\s/i,
  /^(?:pragma|savepoint|rollback\s+to)\s+\w/i,
  /^begin\s+(?:immediate|exclusive|deferred|transaction)\b/i,
];
/** Statements, or the first piece of one, told from English by their capitals. */
const CAPITALS = [
  /^(?:SELECT|INSERT|UPDATE|WITH|PRAGMA|VACUUM|ATTACH|DETACH|EXPLAIN|ANALYZE|REINDEX)\s/,
  /^(?:BEGIN|COMMIT|ROLLBACK|VACUUM|ANALYZE)\s*;?$/,
];

/** Whether a literal begins a statement; the HTTP method `DELETE` does not. */
export function beginsSql(literal: string): boolean {
  const text = literal.trimStart();
  return [...SHAPES, ...CAPITALS].some((shape) => shape.test(text));
}

/** Whether a statement puts rows into the log. */
export function insertsEvent(literal: string): boolean {
  return /\binsert\s+(?:or\s+\w+\s+)?into\s+["`]?events\b/i.test(literal);
}

/** Whether a statement asks the engine what time it is. */
export function readsTime(literal: string): boolean {
  return (
    /\bCURRENT_(?:TIMESTAMP|TIME|DATE)\b/.test(literal) ||
    (beginsSql(literal) && /\bcurrent_timestamp\b|'now'|\bunixepoch\s*\(\s*\)|\bnow\s*\(\s*\)/i.test(literal))
  );
}

/** Whether a statement reads from a subquery that has no name, as PostgreSQL takes it from 16 on only. */
export function hasNamelessSubquery(literal: string): boolean {
  return [...literal.matchAll(/\b(?:FROM|JOIN|LATERAL)\s*\(/g)].some(({ 0: opening, index }) => {
    const end = closingAfter(literal, index + opening.length);
    return end !== undefined && !/^\s*(?:AS\s+)?[a-z_]/.test(literal.slice(end));
  });
}

/** Where a bracket ends that was opened before `start`; undefined where the literal is a piece, and it does not. */
function closingAfter(text: string, start: number): number | undefined {
  let depth = 1;
  for (let at = start; at < text.length; at++) {
    if (text[at] === "(") depth++;
    if (text[at] === ")" && --depth === 0) return at + 1;
  }
  return undefined;
}
