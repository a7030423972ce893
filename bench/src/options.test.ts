import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { benchHelp, benchOptions } from "./options.ts";

const KNOWN = ["W1", "W9b"];

test("the suite says what it is called with, and what it takes unless told", () => {
  const { workloads, ...terms } = benchOptions(["W9b", "--rounds", "2", "--long", "--postgres", "2"], KNOWN)!;
  assert.deepEqual(workloads, ["W9b"]);
  assert.deepEqual([terms.rounds, terms.seconds, terms.long, terms.postgres], [2, 3, true, 2]);
  assert.deepEqual([terms.data, terms.subject, terms.unpinned], [tmpdir(), "stairwell", false]);
});

test("whoever asks for help, by either name, is told every workload and option", () => {
  assert.equal(benchOptions(["W1", "--help"], KNOWN), undefined);
  assert.equal(benchOptions(["-h"], KNOWN), undefined);
  const help = benchHelp([{ id: "W1", title: "durable sends" }]);
  for (const said of ["W1", "durable sends", "--rounds N", "--postgres-beside NODES", "--unpinned", "--help"]) {
    assert(help.includes(said), said);
  }
});

for (const [args, says] of [
  [["W2"], /there is no workload 'W2'; there are W1, W9b/],
  [["--rouns", "3"], /unknown option '--rouns'/],
  [["--rounds"], /'--rounds <value>' argument missing/],
  [["--rounds", "0"], /--rounds must be a whole number from 1 on, not '0'/],
  [["--seconds", "soon"], /--seconds must be a number above 0, not 'soon'/],
  [["--postgres", "1.5"], /--postgres must be a whole number/],
  [["--subject", "ceiling"], /--subject is 'stairwell' or 'floor'/],
  [["--data", "/none"], /--data must be a folder, and \/none is none/],
  [["--before", tmpdir()], /--before must be a checkout of Stairwell/],
  [["--conversation", "/none"], /--conversation must be a file/],
] as const) {
  test(`the suite says what is wrong with ${args.join(" ")}`, () => {
    assert.throws(() => benchOptions(args, KNOWN), { name: "BenchUsageError", message: says });
  });
}
