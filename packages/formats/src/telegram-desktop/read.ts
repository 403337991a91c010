import type { IncomingConversation } from '@tgstore/schema';
import { TOP_LEVEL, type Walk } from '../walk.ts';
import { type ChatOptions, readChat } from './chat.ts';
import type { ZoneOptions } from './chat-facts.ts';
import { isChatType } from './peer-id.ts';
import { TimeZone } from './time-zone.ts';

/** Options of {@link readSingle} and {@link readAccount}. */
export interface TelegramDesktopOptions {
  readonly timeZone?: string | undefined;
  readonly conversationId?: string | undefined;
}

/** Sections of an account's export that hold no conversations. */
export const OTHER_SECTIONS: ReadonlySet<string> = new Set([
  'profile_pictures',
  'stories',
  'profile_music',
  'contacts',
  'frequent_contacts',
  'sessions',
  'web_sessions',
  'other_data',
]);

/** Where the walk through the root object stands once its kind is known. */
export interface OpenRoot {
  /** Keys read so far. */
  readonly fields: Map<string, unknown>;
  /** The key whose value comes next; `undefined` at the end of the object. */
  readonly next: string | undefined;
}

/** Whether a root object that ended without messages is a chat without messages. */
export function isChatWithoutMessages(fields: ReadonlyMap<string, unknown>): boolean {
  return isChatType(fields.get('type')) && fields.has('id');
}

/** Reads an export of one chat: the root object is the chat. */
export async function* readSingle(
  walk: Walk,
  { fields, next }: OpenRoot,
  options: TelegramDesktopOptions,
): AsyncGenerator<IncomingConversation> {
  const context = {
    place: 'the chat',
    kind: 'single',
    fallbackId: options.conversationId,
  } as const;
  try {
    const chat = { context, fields, next: next ?? null };
    yield* readChat(walk, chat, { ...zoneOf(options), ownId: undefined });
    if (walk.stopped) return;
    walk.place = TOP_LEVEL;
    await walk.reader.end();
  } catch (error) {
    walk.stop(error);
  } finally {
    await walk.reader.close();
  }
}

/** Reads the export of a whole account: chats and left chats; the other sections are named in the report. */
export async function* readAccount(
  walk: Walk,
  { fields, next }: OpenRoot,
  options: TelegramDesktopOptions,
): AsyncGenerator<IncomingConversation> {
  const { reader, report } = walk;
  let ownId: string | undefined;
  for (const key of fields.keys()) if (key !== 'about') report.sections.push(key);
  try {
    for (let key = next; key !== undefined; key = await nextRootKey(walk)) {
      if (key === 'chats' || key === 'left_chats') {
        yield* readChats(walk, key, { ...zoneOf(options), ownId });
        if (walk.stopped) return;
      } else if (key === 'personal_information') {
        walk.place = key;
        ownId = ownIdOf(await walk.value());
        report.sections.push(key);
      } else if (key === 'about') {
        await reader.skip();
      } else {
        await passSection(walk, key);
      }
    }
    await reader.end();
  } catch (error) {
    walk.stop(error);
  } finally {
    await reader.close();
  }
}

/** Passes over a section without conversations and names it in the report, with the number of its entries. */
export async function passSection(walk: Walk, name: string): Promise<void> {
  walk.place = name;
  const count = await countEntries(walk);
  walk.report.sections.push(count === undefined ? name : `${name} (${count})`);
  walk.place = TOP_LEVEL;
}

async function* readChats(
  walk: Walk,
  section: string,
  options: ChatOptions,
): AsyncGenerator<IncomingConversation> {
  const { reader } = walk;
  walk.place = section;
  if ((await reader.peek()) === OPEN_BRACKET) {
    yield* readList(walk, section, options);
    return;
  }
  if (!(await walk.enterUnlessNull('{'))) return;
  for (let key = await reader.nextKey(); key !== undefined; key = await reader.nextKey()) {
    if (key === 'list') yield* readList(walk, `${section}.list`, options);
    else await reader.skip();
    if (walk.stopped) return;
    walk.place = section;
  }
}

async function* readList(
  walk: Walk,
  list: string,
  options: ChatOptions,
): AsyncGenerator<IncomingConversation> {
  const { reader } = walk;
  walk.place = list;
  if (!(await walk.enterUnlessNull('['))) return;
  for (let index = 0; await reader.nextElement(); index += 1) {
    const place = `${list}[${index}]`;
    walk.place = place;
    if (await walk.enterUnlessNull('{')) {
      const context = { place, kind: 'account', fallbackId: undefined } as const;
      yield* readChat(walk, { context, fields: new Map() }, options);
      if (walk.stopped) return;
    }
    walk.place = list;
  }
}

/** The number of elements of an array, or of the `list` of an object; `undefined` for other values. */
async function countEntries(walk: Walk): Promise<number | undefined> {
  const { reader } = walk;
  const first = await reader.peek();
  if (first === OPEN_BRACKET) return countElements(walk);
  if (first !== OPEN_BRACE) {
    await reader.skip();
    return undefined;
  }
  let count: number | undefined;
  await reader.enter('{');
  for (let key = await reader.nextKey(); key !== undefined; key = await reader.nextKey()) {
    if (key === 'list' && (await reader.peek()) === OPEN_BRACKET) count = await countElements(walk);
    else await reader.skip();
  }
  return count;
}

async function countElements({ reader }: Walk): Promise<number> {
  let count = 0;
  await reader.enter('[');
  while (await reader.nextElement()) {
    await reader.skip();
    count += 1;
  }
  return count;
}

async function nextRootKey(walk: Walk): Promise<string | undefined> {
  walk.place = TOP_LEVEL;
  return walk.reader.nextKey();
}

function ownIdOf(information: unknown): string | undefined {
  const id = (information as { user_id?: unknown } | null)?.user_id;
  return Number.isSafeInteger(id) && (id as number) > 0 ? `user${id}` : undefined;
}

function zoneOf({ timeZone }: TelegramDesktopOptions): ZoneOptions {
  return { zone: new TimeZone(timeZone), hasZone: timeZone !== undefined };
}

const OPEN_BRACKET = 0x5b;
const OPEN_BRACE = 0x7b;
