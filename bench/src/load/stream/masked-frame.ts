/** Not zero: a server would skip the unmasking, which real clients make it do. */
const MASK = [0x37, 0xfa, 0x21, 0x3d] as const;

export function maskedText(text: string): Buffer {
  return masked(0x81, Buffer.from(text));
}

export function maskedPong(payload: Buffer): Buffer {
  return masked(0x8a, payload);
}

/** A client's frame of less than 64 KiB. */
function masked(first: number, payload: Buffer): Buffer {
  const size = payload.length;
  const header = size < 126 ? 2 : 4;
  const frame = Buffer.allocUnsafe(header + 4 + size);
  frame[0] = first;
  frame[1] = 0x80 | (size < 126 ? size : 126);
  if (header === 4) frame.writeUInt16BE(size, 2);
  for (let i = 0; i < 4; i++) frame[header + i] = MASK[i]!;
  for (let i = 0, at = header + 4; i < size; i++, at++) frame[at] = payload[i]! ^ MASK[i & 3]!;
  return frame;
}
