/** Exports and imports once more, with their files in a bucket. */
process.env["STAIRWELL_TEST_BLOBS"] = "s3";
await import("./export.test.ts");
await import("./import.test.ts");
await import("./round-trip.test.ts");
