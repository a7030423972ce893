/** Who is addressed by a leading `nick:`, when somebody of that nick is in the room; the nick is compared exactly. */
export function addressedIn(text: string, isInRoom: (nick: string) => boolean): string | undefined {
  const colon = text.indexOf(":");
  if (colon < 1) return undefined;
  const nick = text.slice(0, colon);
  return isInRoom(nick) ? nick : undefined;
}
