import type { Control } from "@stairwell/server";
import { type FolderOptions, storePlaceOf } from "./folder-options.ts";

/** Runs control operations on a data folder: through the server that runs on it, or on the store itself. */
export async function withControl<T>(
  options: FolderOptions,
  work: (control: Control) => Promise<T>,
  { create = false } = {},
): Promise<T> {
  const { openControl } = await import("@stairwell/server");
  const { folder, url } = await storePlaceOf(options);
  const control = await openControl(folder, { create, url });
  try {
    return await work(control);
  } finally {
    await control.close();
  }
}
