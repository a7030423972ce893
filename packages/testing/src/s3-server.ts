import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { readdir } from "node:fs/promises";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { S3Options } from "@stairwell/server/testing";
import type { S3Keys } from "./s3-signature.ts";

const PROGRAM = join(import.meta.dirname, "s3-program.ts");
const BUCKET = "rooms";
/** The name of the key is the only one that the store knows; a secret may have signs that mean something elsewhere. */
const KEYS: S3Keys = { accessKey: "S3RVER", secretKey: "S3RVER/+=&secret key", region: "us-east-1" };
/** How it names the file that holds an object's bytes. */
export const OBJECT = "._S3rver_object";

let running: Promise<S3Server> | undefined;
let prefixes = 0;

/** An S3-compatible store in a process of its own: one for a test file, with a part of its bucket for each that asks. */
export class S3Server {
  readonly url: string;
  readonly #folder: string;

  private constructor(url: string, folder: string) {
    this.url = url;
    this.#folder = folder;
  }

  /** The one of this process; begun when first asked for, and ended with the process. */
  static shared(): Promise<S3Server> {
    return (running ??= S3Server.#start());
  }

  static async #start(): Promise<S3Server> {
    const folder = mkdtempSync(join(tmpdir(), "stairwell-s3-"));
    const args = ["--disable-warning=ExperimentalWarning", PROGRAM, folder, BUCKET, JSON.stringify(KEYS)];
    const child = spawn(process.execPath, args, {
      stdio: ["pipe", "pipe", "inherit"],
    });
    process.once("exit", () => {
      child.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    });
    const [port] = (await Promise.race([
      once(createInterface(child.stdout), "line"),
      once(child, "close").then(([code]) => {
        throw new Error(`the S3 server of the tests ended: ${code}`);
      }),
    ])) as [string];
    // Nothing waits for it: a test file ends when its tests have, and it ends with them, however they do.
    child.unref();
    (child.stdin as Socket).unref();
    child.stdout.destroy();
    return new S3Server(`http://127.0.0.1:${port}`, folder);
  }

  /** How to speak to a part of the bucket that is nobody else's; `via` is the address of what stands between. */
  options(via = this.url): S3Options {
    return {
      endpoint: via,
      bucket: BUCKET,
      ...KEYS,
      pathStyle: true,
      prefix: `part-${prefixes++}/`,
    };
  }

  /** The files that hold the objects below a prefix, but for the mark of whose they are. */
  async files(prefix: string): Promise<string[]> {
    const found = await readdir(join(this.#folder, BUCKET, prefix), { recursive: true }).catch(() => []);
    return found
      .filter((name) => name.endsWith(OBJECT) && name !== `mark${OBJECT}`)
      .map((name) => join(this.#folder, BUCKET, prefix, name));
  }
}
