/** A copy of the packages in which a fault can be planted, so that the working tree never holds one. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";

const ROOT = join(import.meta.dirname, "../../../..");
const SCOPE = "@stairwell";
/** A fault is found within so many runs, whatever the seed: many times what the slowest was seen to take. */
const MOST = 1000;

/** A fault to plant: a snippet that its file has exactly once, and what takes its place. */
export interface Planted {
  readonly fault: string;
  readonly file: string;
  readonly was: string;
  readonly is: string;
  /** What is hunted with. */
  readonly by: string;
}

/** What a hunt came to. */
export interface Hunt {
  readonly failed: boolean;
  readonly runs: number;
  readonly why: string | null;
  /** It was an answer or a log that was wrong, and nothing that merely broke down. */
  readonly isAnswer: boolean;
}

/** How often the sources have a fault's snippet. */
export function placesOf({ file, was }: Pick<Planted, "file" | "was">): number {
  return readFileSync(join(ROOT, "packages", file), "utf8").split(was).length - 1;
}

export class Copy {
  readonly #root: string;
  readonly #hunt: string;

  /** It is gone after the test. `hunt`: the program that hunts, from the root. */
  constructor(t: Pick<TestContext, "after">, hunt = "packages/server/test/model/hunt.ts") {
    this.#hunt = hunt;
    this.#root = mkdtempSync(join(tmpdir(), "stairwell-copy-"));
    t.after(() => rmSync(this.#root, { recursive: true, force: true }));
    cpSync(join(ROOT, "packages"), join(this.#root, "packages"), {
      recursive: true,
      filter: (path) => !path.endsWith("node_modules"),
    });
    this.#linkModules();
  }

  /** Everything that is installed, but the packages of this repository from the copy. */
  #linkModules(): void {
    const modules = join(this.#root, "node_modules");
    mkdirSync(join(modules, SCOPE), { recursive: true });
    for (const name of readdirSync(join(ROOT, "node_modules"))) {
      if (name !== SCOPE) symlinkSync(join(ROOT, "node_modules", name), join(modules, name));
    }
    for (const name of readdirSync(join(this.#root, "packages"))) {
      symlinkSync(join(this.#root, "packages", name), join(modules, SCOPE, name));
    }
  }

  /** Hunts with a fault planted, and takes it out again. Throws when the sources no longer have its snippet once. */
  async hunt({ file, was, is, by, fault }: Planted, seed: number, most = MOST): Promise<Hunt> {
    const path = join(this.#root, "packages", file);
    const text = readFileSync(path, "utf8");
    const times = placesOf({ file, was });
    if (times !== 1) throw new Error(`${fault}: ${file} has its snippet ${times} times; the plant no longer applies`);
    writeFileSync(
      path,
      text.replace(was, () => is),
    );
    try {
      return await this.run(by, seed, most);
    } finally {
      writeFileSync(path, text);
    }
  }

  /** Plays random stories in the copy as it is; with `only`, the story of that run alone. */
  async run(property: string, seed: number, most: number, only?: number): Promise<Hunt> {
    const hunt = join(this.#root, this.#hunt);
    const args = ["--disable-warning=ExperimentalWarning", hunt, property, String(seed), String(most)];
    if (only !== undefined) args.push(String(only));
    // What is compiled of the copy goes with it.
    const env = { ...process.env, NODE_COMPILE_CACHE: join(this.#root, "compiled") };
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"], env });
    let [told, messages] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => (told += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (messages += chunk.toString()));
    await once(child, "close");
    const last = told.trim().split("\n").at(-1) ?? "";
    if (!last.startsWith("{")) throw new Error(`the hunt did not end well: ${messages.slice(-2000)}`);
    return JSON.parse(last) as Hunt;
  }
}
