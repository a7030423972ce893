import assert from "node:assert/strict";
import { test } from "node:test";
import { Output, fields, plain, table } from "./output.ts";
import { ProgressBar } from "./progress.ts";

function openOutput({ json = false, isTTY = false } = {}) {
  const wrote = { data: "", messages: "" };
  const streams = {
    data: { write: (text: string) => (wrote.data += text) },
    messages: { write: (text: string) => (wrote.messages += text), isTTY },
  };
  return { wrote, output: new Output(streams, json) };
}

test("data goes to one stream and messages to the other", () => {
  const { wrote, output } = openOutput();
  output.message("making it");
  output.data({ a: 1 }, () => ["a is 1"]);
  output.error("no");
  assert.deepEqual(wrote, { data: "a is 1\n", messages: "making it\nerror: no\n" });
});

test("JSON is the value alone", () => {
  const { wrote, output } = openOutput({ json: true });
  output.data([{ name: "\u001b[31m" }], () => assert.fail("lines were asked for"));
  assert.deepEqual(JSON.parse(wrote.data), [{ name: "\u001b[31m" }]);
  assert.ok(!wrote.data.includes("\u001b"));
});

test("a name cannot steer the terminal", () => {
  assert.equal(plain("a\u001b[2Jb\u202ec\u0007\r"), "a\ufffd[2Jb\ufffdc\ufffd\ufffd");
  assert.equal(plain("Zoë\t日本\n"), "Zoë\t日本\n");
  const { wrote, output } = openOutput();
  output.data({}, () => ["\u001b]0;title\u0007"]);
  output.message("\u001b[2J");
  assert.ok(!(wrote.data + wrote.messages).includes("\u001b"));
});

test("a value cannot pretend to be another line", () => {
  assert.deepEqual(fields({ room: "Kitchen\nsignature  verified" }), ["room  Kitchen\ufffdsignature  verified"]);
  assert.deepEqual(table(["A"], [["x\u2028\ty"]]), ["A", "x\ufffd\ufffdy"]);
});

test("tables and fields are aligned without trailing spaces", () => {
  assert.deepEqual(
    table(
      ["A", "LONGER"],
      [
        ["xyz", "1"],
        ["x", ""],
      ],
    ),
    ["A    LONGER", "xyz  1", "x"],
  );
  assert.deepEqual(fields({ a: "1", longer: "2" }), ["a       1", "longer  2"]);
});

test("progress is shown on a terminal, after a second, and is taken away", () => {
  const { wrote, output } = openOutput({ isTTY: true });
  let now = 0;
  const bar = new ProgressBar(output, () => now);
  bar.show(1, 4, "rooms");
  assert.equal(wrote.messages, "");
  now = 1000;
  bar.show(2, 4, "rooms");
  assert.match(wrote.messages, /\[#{15}-{15}\] {2}50 % {2}2 of 4 rooms$/);
  const shown = wrote.messages;
  now = 1050;
  bar.show(3, 4, "rooms");
  assert.equal(wrote.messages, shown);
  bar.end();
  assert.ok(wrote.messages.endsWith("\r\u001b[2K"));
});

test("progress is not shown where nobody looks", () => {
  const { wrote, output } = openOutput();
  let now = 0;
  const bar = new ProgressBar(output, () => now);
  now = 5000;
  bar.show(1, 4, "rooms");
  bar.end();
  assert.equal(wrote.messages, "");
});
