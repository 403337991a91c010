import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { FORMAT, FORMAT_VERSION, type ManifestFile } from '../../src/manifest.ts';

// Archives made byte by byte, so that they can hold what no library would write.

/** One entry of a tar; all but its name may be left out. */
export interface Entry {
  /** As it stands in the header. */
  readonly name: string | Buffer;
  readonly content?: string | Buffer | undefined;
  /** @default '0': a file */
  readonly type?: string | undefined;
  readonly linkname?: string | undefined;
  /** The field of the size, as it stands there. @default the size of its content */
  readonly size?: string | Buffer | undefined;
  /** What the manifest says of it; `null` leaves it out. @default the truth */
  readonly listed?: Partial<Record<keyof ManifestFile, unknown>> | null | undefined;
}

const BLOCK = 512;

/** The bytes of an entry: header, content, padding. */
export function entryBytes({ name, content = '', type = '0', linkname = '', size }: Entry): Buffer {
  const body = Buffer.from(content as string);
  const block = Buffer.alloc(BLOCK);
  Buffer.from(name as string).copy(block, 0, 0, 100);
  block.write('0000600\0', 100);
  block.write('0000000\0'.repeat(2), 108);
  Buffer.from((size as string) ?? octal(body.length)).copy(block, 124, 0, 12);
  block.write(octal(Date.parse('2026-11-23T01:45:00Z') / 1000), 136);
  block.write(type, 156, 'latin1');
  block.write(linkname, 157);
  block.write('ustar\x0000', 257, 'latin1');
  return Buffer.concat([
    withChecksum(block),
    body,
    Buffer.alloc((BLOCK - (body.length % BLOCK)) % BLOCK),
  ]);
}

/** Fills in the checksum of a header. */
export function withChecksum(block: Buffer): Buffer {
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

/** A PAX header for the entry after it (`x`), or for all after it (`g`). */
export function pax(fields: Readonly<Record<string, string>>, type: 'x' | 'g' = 'x'): Entry {
  const content = Object.entries(fields)
    .map(([key, value]) => paxLine(key, value))
    .join('');
  return { name: 'PaxHeader/x', type, content, listed: null };
}

/** A header of GNU tar that gives the entry after it a long name. */
export function gnuLongName(name: string): Entry {
  return { name: '././@LongLink', type: 'L', content: `${name}\0`, listed: null };
}

/** What ends a tar. */
export const END = Buffer.alloc(2 * BLOCK);

/** A manifest that tells the truth of these entries, but for what they say themselves. */
export function manifestOf(entries: readonly Entry[]): Record<string, unknown> {
  const files = entries.filter(({ listed }) => listed !== null).map(listedAs);
  const counts = { files: files.length, bytes: 0, messages: 0 };
  for (const { size, messages } of files) {
    if (typeof size === 'number') counts.bytes += size;
    if (typeof messages === 'number') counts.messages += messages;
  }
  return {
    format: FORMAT,
    format_version: FORMAT_VERSION,
    readable_by: 'a test',
    created_at: '2026-11-23T01:45:00Z',
    counts,
    files,
  };
}

export interface TarOptions {
  /** What stands in the manifest. @default {@link manifestOf} the entries */
  readonly manifest?: unknown;
  /** Entries after the manifest. */
  readonly after?: readonly Entry[] | undefined;
  readonly end?: Buffer | undefined;
}

/** A tar of these entries and a manifest. */
export function tarOf(
  entries: readonly Entry[],
  { manifest = manifestOf(entries), after = [], end = END }: TarOptions = {},
): Buffer {
  const content =
    typeof manifest === 'string' || Buffer.isBuffer(manifest) ? manifest : JSON.stringify(manifest);
  const all = [...entries, { name: 'manifest.json', content }, ...after];
  return Buffer.concat([...all.map(entryBytes), end]);
}

/** The same, as it stands on a disk. */
export function archiveOf(entries: readonly Entry[], options?: TarOptions): Buffer {
  return gzipSync(tarOf(entries, options));
}

/** Names and contents of the files in an archive, read without any of the code that is tested. */
export function unpacked(archive: Buffer): Record<string, string> {
  const tar = gunzipSync(archive);
  const files: Record<string, string> = {};
  for (let offset = 0; tar[offset] !== 0; ) {
    const name = tar.toString('utf8', offset, tar.indexOf(0, offset));
    const size = Number.parseInt(tar.toString('latin1', offset + 124, offset + 136), 8);
    const start = offset + BLOCK;
    if (name !== 'manifest.json') files[name] = tar.toString('utf8', start, start + size);
    offset = start + Math.ceil(size / BLOCK) * BLOCK;
  }
  return files;
}

function listedAs({ name, content = '', listed }: Entry): Record<string, unknown> {
  const bytes = Buffer.from(content as string);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { name: name.toString(), size: bytes.length, sha256, ...listed };
}

function octal(size: number): string {
  return `${size.toString(8).padStart(11, '0')}\0`;
}

/** `<length> <key>=<value>\n`, where the length counts itself. */
function paxLine(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + String(rest).length;
  if (rest + String(length).length !== length) length = rest + String(length).length;
  return `${length} ${key}=${value}\n`;
}
