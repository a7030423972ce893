import { invalid } from "./errors.ts";
import { LIMITS } from "./limits.ts";

/** Controls, bidi overrides and isolates, and invisible marks that let two names look alike. */
// oxlint-disable-next-line no-control-regex
const FORBIDDEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]/u;

/** Whatever leaves a mark on a screen: not joiners, fillers, selectors, marks without a letter, or blanks. */
const VISIBLE = /[^\p{Default_Ignorable_Code_Point}\p{M}\p{Z}\p{C}\u2800]/u;

/** A name as it is kept: NFC, trimmed, 1..128 characters, nothing that hides or reorders text (spec/model.md, "Room"). */
export function cleanName(text: string, path: string, maxLength: number = LIMITS.nameLength): string {
  const name = text.normalize("NFC").trim();
  if (name === "") throw invalid(path, "is empty");
  if (!VISIBLE.test(name)) throw invalid(path, "has nothing to see");
  return bounded(name, path, maxLength);
}

/** A topic as it is kept: NFC, up to 1,024 characters; the empty topic and null both mean none. */
export function cleanTopic(text: string | null, path: string): string | null {
  if (text === null) return null;
  const topic = text.normalize("NFC").trim();
  return topic === "" ? null : bounded(topic, path, LIMITS.topicLength);
}

function bounded(text: string, path: string, maxLength: number): string {
  // Characters are code points: a limit must not split one.
  if ([...text].length > maxLength) throw invalid(path, `is longer than ${maxLength} characters`);
  if (FORBIDDEN.test(text)) throw invalid(path, "has a control, invisible or text-direction character");
  return text;
}
