/**
 * Whether a file of this name may be in an archive: a plain name that every system can have, so that no entry leaves the
 * directory it is unpacked to, hides, or is a device there.
 */
export function isSafeName(name: string): boolean {
  return (
    name.length > 0 &&
    Buffer.byteLength(name) <= 255 &&
    !/[/\\:*?"<>|\p{Cc}]/u.test(name) &&
    !/^[. ]|[. ]$/.test(name) &&
    !/^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(name)
  );
}

/** The same for all names that some disk would take for one: it may ignore case, or how accents are written. */
export function foldName(name: string): string {
  return name.normalize('NFC').toLowerCase().normalize('NFC');
}
