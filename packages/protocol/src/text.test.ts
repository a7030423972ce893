import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { text } from "../test/json.ts";
import { always } from "../test/property.ts";
import { StairwellError } from "./errors.ts";
import { LIMITS } from "./limits.ts";
import { cleanName, cleanTopic } from "./text.ts";

/** The cleaned text, or the reason for which it was refused. */
function outcome<T>(clean: () => T): T | { refused: string } {
  try {
    return clean();
  } catch (error) {
    assert.ok(error instanceof StairwellError && error.code === "SW_REQUEST_INVALID");
    const [fault] = error.info.details as { path: string; reason: string }[];
    assert.equal(fault!.path, "/name");
    return { refused: fault!.reason };
  }
}

const name = (given: string) => outcome(() => cleanName(given, "/name"));
const topic = (given: string | null) => outcome(() => cleanTopic(given, "/name"));

test("a name is trimmed and composed", () => {
  assert.equal(name(" \t Ku\u0308che\n"), "Küche");
  assert.equal(name("\u1100\u1161"), "가");
  assert.equal(name("a  b"), "a  b");
  // Compatibility forms are other letters and stay.
  assert.equal(name("ﬁ²"), "ﬁ²");
});

test("a name has 1 to 128 characters after trimming, each code point one of them", () => {
  for (const letter of ["a", "é", "€", "🍮"]) {
    const most = letter.repeat(LIMITS.nameLength);
    assert.equal(name(` ${most} `), most);
    assert.deepEqual(name(most + letter), { refused: "is longer than 128 characters" });
  }
  // Counted as composed: what is kept is what counts.
  assert.equal(name("e\u0301".repeat(128)), "é".repeat(128));
  for (const empty of ["", " ", "\n\t", "\u3000\u00a0"]) assert.deepEqual(name(empty), { refused: "is empty" });
  assert.deepEqual(
    outcome(() => cleanName("abc", "/name", 2)),
    { refused: "is longer than 2 characters" },
  );
});

test("a name has something to see", () => {
  const unseen = "\u200d \u200c \u00ad \u115f \u3164 \uffa0 \u2800 \ufe0f \u{e0061} \u034f \u180e \u0301 \ue000".split(
    " ",
  );
  for (const mark of [...unseen, unseen.join(""), `\u200d \u3164`, ` ${unseen[0]} `]) {
    assert.deepEqual(name(mark), { refused: "has nothing to see" }, JSON.stringify(mark));
  }
  for (const text of ["\u{1f468}\u200d\u{1f469}", "\u200da", "❤\ufe0f", "0", "-", "\u0646\u0645\u06cc\u200c"]) {
    assert.equal(name(text), text.normalize("NFC"));
  }
});

test("controls, and marks that hide or turn text around, are refused in names and topics", () => {
  const ranges = "0-1f 7f-9f 61c-61c 200b-200b 200e-200f 2028-202e 2060-2060 2066-2069 feff-feff";
  const refused = new Set<number>();
  for (const range of ranges.split(" ")) {
    const [from, to] = range.split("-").map((hex) => Number.parseInt(hex, 16)) as [number, number];
    for (let code = from; code <= to; code++) refused.add(code);
  }
  for (let code = 0; code <= 0xffff; code++) {
    if (code >= 0xd800 && code <= 0xdfff) continue;
    const given = `a${String.fromCharCode(code)}b`;
    const isRefused = typeof name(given) !== "string";
    assert.equal(isRefused, refused.has(code), `U+${code.toString(16)} in a name`);
    assert.equal(typeof topic(given) !== "string", refused.has(code), `U+${code.toString(16)} in a topic`);
  }
});

test("joiners stay: emoji of several code points and scripts that need them", () => {
  for (const given of ["👩‍💻 at work", "🏳️‍🌈", "می‌خواهم", "क्‍ष", "שלום", "مرحبا"])
    assert.equal(name(given), given.normalize("NFC"));
});

test("a topic has up to 1,024 characters, and none is null", () => {
  for (const none of [null, "", "  ", "\n"]) assert.equal(topic(none), null);
  assert.equal(topic(" What we eat "), "What we eat");
  assert.equal(topic("🍮".repeat(1024)), "🍮".repeat(1024));
  assert.deepEqual(topic("🍮".repeat(1025)), { refused: "is longer than 1024 characters" });
});

test("cleaning what is clean changes nothing", () => {
  always(fc.oneof(text, fc.string({ unit: "binary" })), 5000, (given) => {
    const once = name(given);
    if (typeof once === "string") assert.equal(name(once), once);
    const kept = topic(given);
    if (typeof kept === "string") assert.equal(topic(kept), kept);
  });
});
