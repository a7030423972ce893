import { BlockList, isIP } from "node:net";

/** Addresses, or networks of them. */
export interface Networks {
  has(address: string): boolean;
}

/** Reads addresses and networks as `10.0.0.0/8`, parted by commas or spaces; undefined when one of them is neither. */
export function readNetworks(text: string): Networks | undefined {
  const list = new BlockList();
  for (const each of text.split(/[\s,]+/).filter((part) => part !== "")) {
    const [address = "", bits, ...more] = each.split("/");
    const family = familyOf(address);
    if (family === undefined || more.length > 0) return undefined;
    if (bits === undefined) list.addAddress(address, family);
    else if (!/^[0-9]{1,3}$/.test(bits) || Number(bits) > (family === "ipv4" ? 32 : 128)) return undefined;
    else list.addSubnet(address, Number(bits), family);
  }
  return {
    has(address) {
      const family = familyOf(address);
      return family !== undefined && list.check(address, family);
    },
  };
}

function familyOf(address: string): "ipv4" | "ipv6" | undefined {
  const version = address.includes("%") ? 0 : isIP(address);
  return version === 0 ? undefined : version === 4 ? "ipv4" : "ipv6";
}
