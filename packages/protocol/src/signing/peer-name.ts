import { SERVER_NAME } from "../ids.ts";

/**
 * Whether a text can name another server: a DNS name in lower case with a port where it is not 443, and nothing that is
 * read as an address (`127.1`, `0x7f000001`), whose last label is a number.
 */
export function isPeerName(text: string): boolean {
  return SERVER_NAME.test(text) && !text.endsWith(":443") && !/(?:^|\.)(?:[0-9]+|0x[0-9a-f]*)(?::|$)/.test(text);
}
