import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { EnhancedFileManager, FileManager, loadConfig } from '@tgstore/core';
import { describeReport, openExport } from '@tgstore/formats';
import { RECIPIENT, type Secrets, secretConversation, secretExport } from './made-up.ts';

/** A kind of file that can be damaged, and all that reads it. */
export interface Kind {
  readonly name: string;
  readonly file: string;
  /** The bytes that are damaged, and how they stand in the file. */
  readonly bytes: Uint8Array;
  readonly pack?: ((bytes: Uint8Array) => Uint8Array) | undefined;
  /** Everything that is said of the file: errors, notes, findings. What comes out of it by right is not among that. */
  readonly read: () => AsyncGenerator<unknown>;
}

const ID = '12345';

/** Files of each kind below a directory, full of secrets. */
export async function makeKinds(directory: string, secrets: Secrets): Promise<Kind[]> {
  return [
    ...(await conversations(directory, secrets)),
    ...(await records(directory, secrets)),
    await exported(directory, secrets),
    await bundle(directory, secrets),
    ...(await archives(directory, secrets)),
    await configuration(directory, secrets),
  ];
}

async function conversations(directory: string, secrets: Secrets): Promise<Kind[]> {
  const storageDir = join(directory, 'conversation');
  await using store = new EnhancedFileManager({ storageDir, durability: 'relaxed' });
  const file = await store.saveConversation(secretConversation(ID, secrets));
  const lines = await readFile(file);
  const value: unknown = JSON.parse(lines.toString());
  const foreign = Buffer.from(JSON.stringify(value, null, 2));
  const original = Buffer.from(JSON.stringify(toOriginal(value as Stored)));
  const read = async function* (): AsyncGenerator<unknown> {
    const files = new FileManager({ storageDir });
    yield* attempt(() => files.loadConversation(ID));
    yield* attempt(() => files.readMetadata(ID));
    yield* attempt(() => drain(files.readMessages(ID)));
    yield* attempt(() => drain(files.readMessages(ID, { after: '1', limit: 1 })));
    yield* attempt(() => drain(files.searchMessages('the')));
    yield* attempt(() => drain(files.listMetadata()));
    for await (const problem of files.check()) yield problem;
  };
  const change = async function* (): AsyncGenerator<unknown> {
    const logger = new Recorder();
    await using changing = new EnhancedFileManager({ storageDir, durability: 'relaxed', logger });
    yield* attempt(() => changing.appendMessages(ID, [{ id: 9, text: 'later' }]));
    yield* attempt(() =>
      changing.mergeConversation(secretConversation(ID, secrets, { revised: true })),
    );
    yield* attempt(() => changing.deleteMessages(ID, [1]));
    yield* attempt(() => changing.migrate());
    yield* attempt(
      () =>
        changing.processAllUnprocessed(async (conversation) => void (await conversation.load())),
      function* (results) {
        for (const { error } of results.values()) if (error !== undefined) yield error;
      },
    );
    yield* attempt(
      () => changing.recover({ minAgeMs: 0 }),
      (recovery) => [recovery],
    );
    yield* logger.told;
  };
  return [
    { name: 'conversation', file, bytes: lines, read },
    { name: 'conversation by hand', file, bytes: foreign, read },
    { name: 'conversation of the original', file, bytes: original, read },
    { name: 'conversation, changed', file, bytes: lines, read: change },
  ];
}

async function records(directory: string, secrets: Secrets): Promise<Kind[]> {
  const storageDir = join(directory, 'records');
  await using store = new EnhancedFileManager({ storageDir, durability: 'relaxed' });
  await store.saveConversation(secretConversation(ID, secrets));
  await store.mergeConversation(secretConversation(ID, secrets, { messages: 4, revised: true }));
  await store.processAllUnprocessed(() => {
    throw new Error(`of a processor: ${secrets.rawValue}`);
  });
  const read = async function* (): AsyncGenerator<unknown> {
    const logger = new Recorder();
    await using files = new EnhancedFileManager({ storageDir, durability: 'relaxed', logger });
    yield* attempt(() => files.changes(ID));
    yield* attempt(() => drain(files.history(ID)));
    yield* attempt(() => files.inspect());
    for await (const problem of files.check()) yield problem;
    yield* logger.told;
  };
  const own = join(storageDir, '.tgstore');
  const paths = [
    join(own, 'changes', `${ID}.jsonl`),
    join(own, 'state', `${ID}.json`),
    join(own, 'store.json'),
  ];
  return await Promise.all(
    paths.map(async (file) => ({
      name: file.slice(own.length + 1),
      file,
      bytes: await readFile(file),
      read,
    })),
  );
}

async function exported(directory: string, secrets: Secrets): Promise<Kind> {
  const file = join(directory, 'result.json');
  return readAsExport('export', file, Buffer.from(secretExport(12_345, secrets)));
}

async function bundle(directory: string, secrets: Secrets): Promise<Kind> {
  const storageDir = join(directory, 'bundled');
  const file = join(directory, 'bundle.json');
  await using store = new EnhancedFileManager({ storageDir, durability: 'relaxed' });
  await store.saveConversation(secretConversation(ID, secrets));
  await store.exportConversationsToJson(file);
  return readAsExport('bundle', file, await readFile(file));
}

function readAsExport(name: string, file: string, bytes: Uint8Array): Kind {
  const storageDir = `${file}-imported`;
  const read = async function* (): AsyncGenerator<unknown> {
    yield* attempt(
      async () => {
        const reader = await openExport(chunksOf(await readFile(file)));
        const failures: unknown[] = [];
        try {
          for await (const conversation of reader.conversations()) {
            for await (const _message of conversation.messages);
            try {
              conversation.finish();
            } catch (error) {
              failures.push(error);
            }
          }
        } catch (error) {
          failures.push(error);
        }
        return [...failures, reader.report, ...describeReport(reader.report)];
      },
      (said) => said,
    );
    await using store = new EnhancedFileManager({ storageDir, durability: 'relaxed' });
    const result = await store
      .importConversationsFromJson(file)
      .catch((error: unknown) => ({ error }));
    if ('error' in result) yield result.error;
  };
  return { name, file, bytes, read };
}

async function archives(directory: string, secrets: Secrets): Promise<Kind[]> {
  const storageDir = join(directory, 'archived');
  await using store = new EnhancedFileManager({ storageDir, durability: 'relaxed' });
  await store.saveConversation(secretConversation(ID, secrets));
  const kinds: Kind[] = [];
  for (const encrypted of [false, true]) {
    const recipients = encrypted ? [RECIPIENT] : [];
    const tag = encrypted ? 'encrypted' : 'plain';
    const { path, id } = await store.createManualBackup({ recipients, tag });
    const options = { identities: [secrets.identity] };
    const read = async function* (): AsyncGenerator<unknown> {
      yield* attempt(() => store.listBackups());
      yield* attempt(() => store.backups.verifyBackup(id, options));
      if (encrypted) return;
      yield* attempt(() =>
        store.restoreBackup(id, { to: join(directory, 'restored'), overwrite: true }),
      );
    };
    const bytes = await readFile(path);
    if (encrypted) kinds.push({ name: 'encrypted archive', file: path, bytes, read });
    else
      kinds.push({ name: 'archive', file: path, bytes: gunzipSync(bytes), pack: gzipSync, read });
  }
  return kinds;
}

async function configuration(directory: string, secrets: Secrets): Promise<Kind> {
  const folder = join(directory, 'configured');
  const file = join(folder, 'config.yaml');
  await mkdir(folder);
  const bytes = Buffer.from(
    [
      'ingestors:',
      '  telegram:',
      `    api_hash: "${secrets.username}"`,
      `    phone: '${secrets.phone}'`,
      `    session: ${secrets.rawValue}`,
      '    lock_timeout: 10',
      '    fetch_mode: all',
      `    notes: [${secrets.other}, "${secrets.passphrase}"]`,
      'preprocessors:',
      '  telegram:',
      '    chat_history_dir: chats',
      '',
    ].join('\n'),
  );
  const read = async function* (): AsyncGenerator<unknown> {
    yield* attempt(() => loadConfig({ workingDirectory: folder, env: {} }));
  };
  return { name: 'configuration', file, bytes, read };
}

/** The error of a step, or what is said of its result. */
async function* attempt<T>(
  step: () => Promise<T>,
  said: (result: T) => Iterable<unknown> = () => [],
): AsyncGenerator<unknown> {
  let result: T;
  try {
    result = await step();
  } catch (error) {
    yield error;
    return;
  }
  yield* said(result);
}

async function drain(items: AsyncIterable<unknown>): Promise<void> {
  for await (const _item of items);
}

async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 64 * 1024) yield bytes.subarray(at, at + 64 * 1024);
}

/** A logger that keeps what it is told. */
class Recorder {
  readonly told: unknown[] = [];
  readonly debug = this.#keep();
  readonly info = this.#keep();
  readonly warn = this.#keep();
  readonly error = this.#keep();

  #keep(): (details: object, message: string) => void {
    return (details, message) => this.told.push(...Object.values(details), message);
  }
}

interface Stored {
  readonly messages: Readonly<Record<string, object>>;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** As the original module wrote it later. */
function toOriginal({ messages, metadata }: Stored): object {
  const { conversation_id, name, username } = metadata;
  return { chatId: conversation_id, name, username, isGroup: false, messages };
}
