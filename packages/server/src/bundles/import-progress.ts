import type { bundles, ProgressOf } from "@stairwell/protocol/api";

/** How far an import is (BU20): one step after the other. */
export type ImportProgress = ProgressOf<typeof bundles.importRoom>;

/** Told as often as it comes; whoever shows it looks now and then. */
export type OnImportProgress = (progress: ImportProgress) => void;
