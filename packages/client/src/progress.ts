/** Told how many bytes have gone, or come, and of how many where that is known. */
export type OnProgress = (bytes: number, total: number | undefined) => void;

/** Lets bytes through and says how they go. */
export function metered(
  bytes: ReadableStream<Uint8Array<ArrayBuffer>>,
  total: number | undefined,
  onProgress: OnProgress,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let passed = 0;
  return bytes.pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        passed += chunk.length;
        onProgress(passed, total);
        controller.enqueue(chunk);
      },
    }),
  );
}
