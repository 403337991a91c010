import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { accountSections } from './sample-export/account-sections.ts';
import { createCast } from './sample-export/cast.ts';
import { document } from './sample-export/document.ts';
import { encode } from './sample-export/encode.ts';
import { planChats } from './sample-export/plan.ts';
import { createRandom } from './sample-export/random.ts';
import { sizesByBytes, sizesByMessages, type Tally } from './sample-export/sizes.ts';

/** What a sample export looks like. The same options give the same bytes, on every machine. */
export interface SampleExportOptions {
  /** Seed of everything. @default 1 */
  readonly seed?: number | undefined;
  /** About how many messages over all chats. Some 230 that show every feature are always there. @default 20_000 */
  readonly messages?: number | undefined;
  /** Stop after about that many bytes, whatever `messages` says. Growth goes to the supergroup and the channel. */
  readonly bytes?: number | undefined;
  /**
   * Write the two defects that strict JSON parsers refuse or garble: `\xHH` escapes, and stray bytes after `\u2028`.
   * Without them the same messages are written correctly. @default true
   */
  readonly defects?: boolean | undefined;
}

/** What was written. */
export interface SampleExport {
  /** The result.json. */
  readonly path: string;
  readonly bytes: number;
  readonly messages: number;
  readonly conversations: number;
}

/**
 * The bytes of the result.json of a full-account export as Telegram Desktop 6.4 writes it, in chunks of about 64 KiB:
 * memory does not grow with the export.
 */
export function* sampleExport(options: SampleExportOptions = {}): Generator<Uint8Array> {
  yield* tallied(options, { bytes: 0, messages: 0, conversations: 0 });
}

/** Writes `<directory>/result.json`; creates the directory. Nothing is synced to disk. */
export async function writeSampleExport(
  directory: string,
  options: SampleExportOptions = {},
): Promise<SampleExport> {
  const path = join(directory, 'result.json');
  const tally: Tally = { bytes: 0, messages: 0, conversations: 0 };
  await mkdir(directory, { recursive: true });
  await writeFile(path, tallied(options, tally));
  return { path, ...tally };
}

function* tallied(
  { seed = 1, messages = 20_000, bytes, defects = true }: SampleExportOptions,
  tally: Tally,
): Generator<Uint8Array> {
  const random = createRandom(seed);
  const cast = createCast(random);
  const sizes = bytes === undefined ? sizesByMessages(messages) : sizesByBytes(bytes, tally);
  const sections = accountSections(random, cast);
  let pending = '';
  for (const piece of document(sections, planChats(random, cast, sizes), tally)) {
    pending += piece;
    if (pending.length < CHUNK) continue;
    yield chunk(pending, defects, tally);
    pending = '';
  }
  yield chunk(pending, defects, tally);
}

function chunk(text: string, defects: boolean, tally: Tally): Uint8Array {
  const bytes = encode(text, defects);
  tally.bytes += bytes.length;
  return bytes;
}

/** In characters, most of which are one byte. */
const CHUNK = 64 * 1024;
