import { isIPv4, isIPv6 } from "node:net";

/** What is not for everybody among the addresses of version 4 (IANA's registry of special purposes), multicast too. */
const SPECIAL_4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.31.196.0/24",
  "192.52.193.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "192.175.48.0/24",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/3",
].map(rangeOf);

/** Of version 6 only this part is for everybody; everything that wraps an address of version 4 lies outside of it, */
const GLOBAL_6 = rangeOf("2000::/3");
/** but for 6to4 and Teredo; the others are for documents and protocols. */
const SPECIAL_6 = ["2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"].map(rangeOf);

interface Range {
  readonly bits: bigint;
  readonly shift: bigint;
}

/**
 * Whether an address, as a resolver writes it, is one of the public internet: not of this machine, a private network, a
 * link, a carrier's own, multicast, nor one that carries any of those inside it. Whatever is no plain address is not.
 */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !SPECIAL_4.some((range) => contains(range, number4(address), 32n));
  if (!isIPv6(address) || address.includes("%")) return false;
  const number = number6(address);
  return contains(GLOBAL_6, number, 128n) && !SPECIAL_6.some((range) => contains(range, number, 128n));
}

function contains({ bits, shift }: Range, number: bigint, width: bigint): boolean {
  return number >> (width - shift) === bits;
}

function rangeOf(text: string): Range {
  const [address, length] = text.split("/") as [string, string];
  const shift = BigInt(length);
  const isOld = isIPv4(address);
  return { bits: (isOld ? number4(address) : number6(address)) >> ((isOld ? 32n : 128n) - shift), shift };
}

function number4(address: string): bigint {
  return address.split(".").reduce((number, part) => (number << 8n) | BigInt(part), 0n);
}

function number6(address: string): bigint {
  // The last 32 bits may be written as version 4 does.
  const dotted = /^(.*:)([0-9.]+)$/.exec(address);
  const low = dotted !== null && dotted[2]!.includes(".") ? number4(dotted[2]!) : undefined;
  const plain =
    low === undefined ? address : `${dotted![1]}${(low >> 16n).toString(16)}:${(low & 0xffffn).toString(16)}`;
  const [before, after] = plain.split("::") as [string, string | undefined];
  const head = groupsOf(before);
  const tail = after === undefined ? [] : groupsOf(after);
  const middle = Array.from({ length: 8 - head.length - tail.length }, () => 0n);
  return [...head, ...middle, ...tail].reduce((number, group) => (number << 16n) | group, 0n);
}

function groupsOf(text: string): bigint[] {
  return text === "" ? [] : text.split(":").map((group) => BigInt(`0x${group}`));
}
