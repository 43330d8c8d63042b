/** What the system, or we ourselves, have against a file, as a clause for a message. */

const CLAUSES: Readonly<Record<string, string>> = {
  EACCES: "this user may not",
  EBUSY: "it is in use",
  EDQUOT: "the disk quota is used up",
  EEXIST: "there is something of that name already",
  EFBIG: "it would be larger than the disk allows",
  EIO: "the disk does not answer",
  EISDIR: "it is a folder",
  ELOOP: "its links lead in a circle",
  EMFILE: "too many files are open",
  ENAMETOOLONG: "its name is too long",
  ENFILE: "too many files are open",
  ENODEV: "the device is not there",
  ENOENT: "there is no such file or folder",
  ENOSPC: "no space is left on the disk",
  ENOTDIR: "a part of its path is a file",
  ENOTEMPTY: "the folder is not empty",
  EPERM: "the system does not allow it",
  EROFS: "the disk is read-only",
  ETXTBSY: "it is a program that runs",
  EXDEV: "it lies on another disk",
};

/** Something that we have against a file; the message is a clause. */
export class FileFault extends Error {
  readonly code = "FILE";
}

/** "ENOSPC: no space is left on the disk", or the first line of what else was said. */
export function faultOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const code = (cause as NodeJS.ErrnoException).code;
  const clause = code === undefined ? undefined : CLAUSES[code];
  return clause ? `${code}: ${clause}` : (cause.message.split("\n")[0] ?? "");
}
