/**
 * What the ZIP library alone makes of a bundle's entries, which lie ready as files: nothing is read out of a database,
 * hashed or sent. `packed`: media are stored, as in a bundle; `all`: everything is deflated at level 1.
 *
 *     node limits/zip.ts FOLDER packed|all
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ZipFile } from "yazl";

const [folder, how] = process.argv.slice(2) as [string, "packed" | "all"];

async function pack(): Promise<number> {
  const zip = new ZipFile();
  zip.addFile(join(folder, "manifest.json"), "manifest.json", { compressionLevel: 1 });
  for (const name of readdirSync(join(folder, "media"))) {
    zip.addFile(join(folder, "media", name), `media/${name}`, { compressionLevel: how === "all" ? 1 : 0 });
  }
  zip.end();
  let bytes = 0;
  await pipeline(
    zip.outputStream,
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        bytes += chunk.length;
        done();
      },
    }),
  );
  return bytes;
}

const started = performance.now();
const bytes = await pack();
const seconds = (performance.now() - started) / 1000;
const { user, system } = process.cpuUsage();
process.stdout.write(JSON.stringify({ bytes, seconds, cpuSeconds: (user + system) / 1e6 }));
