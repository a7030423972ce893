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
