/**
 * Whether the brackets of a JSON value stand deeper than any exporter writes; parsed, such a value could not be written
 * again, since `JSON.stringify` recurses. Values under 4 KB can't go deep enough to matter and are not looked at.
 */
export function isTooDeep(bytes: Uint8Array): boolean {
  if (bytes.length < SMALL) return false;
  let depth = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] as number;
    if (inString) {
      if (byte === 0x5c) at += 1;
      else if (byte === 0x22) inString = false;
    } else if (byte === 0x22) {
      inString = true;
    } else if (byte === 0x7b || byte === 0x5b) {
      depth += 1;
      if (depth > MAX_DEPTH) return true;
    } else if (byte === 0x7d || byte === 0x5d) {
      depth -= 1;
    }
  }
  return false;
}

const SMALL = 4096;
const MAX_DEPTH = 500;
