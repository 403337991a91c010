import type { IncomingConversation } from '@tgstore/schema';
import { JsonReader } from '@tgstore/schema';
import { readBundle } from './bundle/read.ts';
import { readFirstBytes } from './first-bytes.ts';
import { looksLikeArray, looksLikeObject } from './look-alikes.ts';
import { type ReadReport, ReportBuilder } from './report.ts';
import {
  isChatWithoutMessages,
  OTHER_SECTIONS,
  passSection,
  readAccount,
  readSingle,
} from './telegram-desktop/read.ts';
import { TimeZone } from './telegram-desktop/time-zone.ts';
import { Walk } from './walk.ts';

/** Options of {@link openExport}. */
export interface ReadOptions {
  /** IANA name of the exporting computer's zone, for exports with local times only. @default UTC, and the report says so */
  readonly timeZone?: string | undefined;
  /** The conversation id of a single chat that has none in the export. */
  readonly conversationId?: string | undefined;
  /** Stops between two chunks; rejects with `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of bytes that were taken from the source so far. */
  readonly onBytes?: ((bytesSoFar: number) => void) | undefined;
}

/** An input that was recognised. */
export interface ExportReader {
  /** Which format it was recognised as. */
  readonly format: 'telegram-desktop' | 'bundle';
  /** One chat, a whole account, or any number of conversations. */
  readonly kind: 'single' | 'account' | 'bundle';
  /**
   * The conversations, one after the other; to be called once. Read each one's `messages` to the end, then call its `finish()`, before
   * the next is asked for.
   *
   * Where the input is cut off or damaged, the conversation that is being read ends there, nothing follows, and the report
   * says so; an error is thrown only when no conversation came out.
   *
   * `finish()` throws what is wrong with one conversation only, so that the next may still be asked for.
   *
   * @throws {@link FormatError} `FORMAT_TRUNCATED`, `FORMAT_INVALID_JSON`; `FORMAT_UNKNOWN` from `messages`;
   * `FORMAT_TOO_NEW` here and from `finish()`; `FORMAT_NO_ID`, `FORMAT_BAD_ID` from `finish()`.
   */
  conversations(): AsyncGenerator<IncomingConversation>;
  /** What was repaired, skipped, cut off; complete when `conversations()` has ended. */
  readonly report: ReadReport;
}

/**
 * Recognises an export by its first bytes and keys, and reads it as it streams: memory does not depend on its size.
 *
 * @throws {@link FormatError} `FORMAT_EMPTY`, `FORMAT_NOT_JSON`, `FORMAT_UNKNOWN`, `FORMAT_TRUNCATED`,
 * `FORMAT_INVALID_JSON`, `FORMAT_BAD_TIME_ZONE`.
 *
 * @example
 * const reader = await openExport(createReadStream('result.json'));
 * for await (const conversation of reader.conversations()) {
 *   for await (const message of conversation.messages) console.log(message.date, message.text);
 *   console.log(conversation.finish().metadata.name);
 * }
 */
export async function openExport(
  source: AsyncIterable<Uint8Array>,
  options: ReadOptions = {},
): Promise<ExportReader> {
  new TimeZone(options.timeZone);
  const { bytes, markLength, first } = await readFirstBytes(counted(source, options));
  const reader = new JsonReader(bytes, { maxValueBytes: MAX_VALUE_BYTES });
  const walk = new Walk(reader, new ReportBuilder(), markLength);
  try {
    if (first === '[') throw await looksLikeArray(walk);
    return await recognise(walk, options);
  } catch (error) {
    await reader.close();
    throw walk.toFormatError(error);
  }
}

/** Walks through the root object up to the key that tells what it is. */
async function recognise(walk: Walk, options: ReadOptions): Promise<ExportReader> {
  const { reader, report } = walk;
  const fields = new Map<string, unknown>();
  await reader.enter('{');
  for (;;) {
    const next = await reader.nextKey();
    if (next === 'conversations') {
      return {
        format: 'bundle',
        kind: 'bundle',
        report,
        conversations: () => readBundle(walk, fields),
      };
    }
    if (next === 'messages' || (next === undefined && isChatWithoutMessages(fields))) {
      if (next && (await reader.peek()) === OPEN_BRACE && !fields.has('type')) break;
      return single(walk, { fields, next }, options);
    }
    if (next === undefined ? report.sections.length > 0 : ACCOUNT_KEYS.has(next)) {
      const conversations = () => readAccount(walk, { fields, next }, options);
      return { format: 'telegram-desktop', kind: 'account', report, conversations };
    }
    if (next === undefined) break;
    if (OTHER_SECTIONS.has(next)) await passSection(walk, next);
    else fields.set(next, await walk.value());
  }
  throw looksLikeObject(fields);
}

function single(
  walk: Walk,
  root: { fields: Map<string, unknown>; next: string | undefined },
  options: ReadOptions,
): ExportReader {
  return {
    format: 'telegram-desktop',
    kind: 'single',
    report: walk.report,
    conversations: () => readSingle(walk, root, options),
  };
}

async function* counted(
  source: AsyncIterable<Uint8Array>,
  { signal, onBytes }: ReadOptions,
): AsyncGenerator<Uint8Array> {
  let bytesSoFar = 0;
  signal?.throwIfAborted();
  for await (const chunk of source) {
    signal?.throwIfAborted();
    bytesSoFar += chunk.length;
    onBytes?.(bytesSoFar);
    yield chunk;
  }
}

/** Far above any message; what is larger is not read into memory. */
const MAX_VALUE_BYTES = 64 * 1024 * 1024;
const OPEN_BRACE = 0x7b;
const ACCOUNT_KEYS = new Set(['chats', 'left_chats', 'personal_information']);
