/** The calls of media once more, with their files in a bucket. */
process.env["STAIRWELL_TEST_BLOBS"] = "s3";
await import("./access.test.ts");
await import("./deletion.test.ts");
await import("./download.test.ts");
await import("./round-trip.test.ts");
