import type { VerifyProgress } from "@stairwell/server";
import type { Bucket } from "./folder-options.ts";
import type { Output } from "./output.ts";
import { ProgressBar } from "./progress.ts";
import { counted } from "./figures.ts";

export type VerifyReport = Awaited<ReturnType<(typeof import("@stairwell/server"))["verify"]>>;

/** Verifies all of a data folder, or of a backup, with a bar. */
export async function verifyFolder(
  output: Output,
  folder: string,
  url?: string,
  bucket?: Bucket,
): Promise<VerifyReport> {
  const { blobStoreOf, openReader, verify } = await import("@stairwell/server");
  const store = await openReader({ folder, url });
  const blobs = blobStoreOf(folder, bucket);
  const bar = new ProgressBar(output);
  try {
    const show = ({ rooms, rooms_total }: VerifyProgress): void => bar.show(rooms, rooms_total, "rooms");
    return await verify(store, show, blobs);
  } finally {
    bar.end();
    blobs.close();
    await store.close();
  }
}

/** A report for people: a line for each finding, then what was looked at. */
export function verifyLines({ findings, finding_count, rooms, events, ok }: VerifyReport): string[] {
  const lines = findings.map(({ roomId, position, problem }) =>
    [roomId, position, problem].filter((part) => part !== "" && part !== null).join(" "),
  );
  const found = ok ? "all is well" : counted(finding_count, "fault");
  return [...lines, `${counted(rooms, "room")}, ${counted(events, "event")}: ${found}`];
}
