/** The fault of reading a folder as a file, as the system says it of most calls: its words are in `errorText`. */
export function folderFault(path: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${path} is a folder`), { code: "EISDIR", syscall: "read", path });
}
