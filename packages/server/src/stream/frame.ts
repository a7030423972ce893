/** A text frame's bytes as a server sends them: final, unmasked, not compressed (RFC 6455, section 5.2). */
export function textFrame(text: string): Buffer {
  const size = Buffer.byteLength(text);
  const header = size < 126 ? 2 : size < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(header + size);
  frame[0] = 0x81;
  if (header === 2) frame[1] = size;
  else if (header === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(size, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(size), 2);
  }
  frame.write(text, header, "utf8");
  return frame;
}

/** The answer to a ping, which is at most 125 bytes. */
export function pongFrame(ping: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0x8a, ping.length]), ping]);
}

/** A frame of anything but an event. */
export function jsonFrame(value: object): Buffer {
  return textFrame(JSON.stringify(value));
}
