import type { Encrypter } from 'age-encryption';
import { BackupError } from './errors.ts';

/** For whom an archive is encrypted; at most one of the two. */
export interface EncryptionOptions {
  /** Public keys of the `age` tool: `age1…`. @default not encrypted */
  readonly recipients?: readonly string[] | undefined;
  /** A passphrase. @default not encrypted */
  readonly passphrase?: string | undefined;
}

/** What opens an encrypted archive. */
export interface DecryptionOptions {
  /** Secret keys of the `age` tool: `AGE-SECRET-KEY-1…`. */
  readonly identities?: readonly string[] | undefined;
  /** What it was encrypted with, where that was no key. */
  readonly passphrase?: string | undefined;
}

/** Whether the options ask for encryption. Throws a `TypeError` where they contradict each other or a key is none. */
export async function encrypterFor({
  recipients = [],
  passphrase,
}: EncryptionOptions): Promise<Encrypter | undefined> {
  if (recipients.length === 0 && passphrase === undefined) return undefined;
  if (recipients.length > 0 && passphrase !== undefined) {
    throw new TypeError('encrypt for recipients or by a passphrase, not both');
  }
  const encrypter = new (await loadAge()).Encrypter();
  if (passphrase !== undefined) encrypter.setPassphrase(passphrase);
  for (const [index, recipient] of recipients.entries()) {
    // what the library says of it would show it, and it may be an identity given by mistake
    if (add(() => encrypter.addRecipient(recipient))) continue;
    throw new TypeError(`recipient ${index + 1} is no age recipient (age1…)`);
  }
  return encrypter;
}

export async function* encrypt(
  encrypter: Encrypter,
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield* fromWeb(await encrypter.encrypt(toWeb(bytes)));
}

/**
 * The content of an age file, each part of it proved before it comes.
 *
 * @throws {@link BackupError} `BACKUP_NEEDS_KEY`, `BACKUP_WRONG_KEY`, `BACKUP_DAMAGED`
 */
export async function* decrypt(
  bytes: AsyncIterable<Uint8Array>,
  { identities = [], passphrase }: DecryptionOptions,
  path: string,
): AsyncGenerator<Uint8Array> {
  if (identities.length === 0 && passphrase === undefined) {
    const message = `${path} is encrypted; give an identity (AGE-SECRET-KEY-1…) or the passphrase`;
    throw new BackupError('BACKUP_NEEDS_KEY', path, message);
  }
  const decrypter = new (await loadAge()).Decrypter();
  for (const identity of identities) {
    // what the library says of it would show it
    if (add(() => decrypter.addIdentity(identity))) continue;
    throw new TypeError('one of the identities is no age identity (AGE-SECRET-KEY-1…)');
  }
  if (passphrase !== undefined) decrypter.addPassphrase(passphrase);
  try {
    yield* fromWeb(await decrypter.decrypt(toWeb(bytes)));
  } catch (error) {
    throw explain(error, path);
  }
}

/** Most backups need none of it, and it takes longer to load than all the rest. */
async function loadAge(): Promise<typeof import('age-encryption')> {
  return await import('age-encryption');
}

function add(addKey: () => void): boolean {
  try {
    addKey();
    return true;
  } catch {
    return false;
  }
}

function explain(error: unknown, path: string): unknown {
  if (error instanceof BackupError || !(error instanceof Error) || 'syscall' in error) return error;
  if (/no identity matched/.test(error.message)) {
    const message = `${path} is encrypted for another key`;
    return new BackupError('BACKUP_WRONG_KEY', path, message, { cause: error });
  }
  const message = `${path} can't be decrypted, it is cut or changed (${error.message})`;
  return new BackupError('BACKUP_DAMAGED', path, message, { cause: error });
}

/** Reads only when asked: `Readable.toWeb` throws where nobody can catch it when the reader gives up early. */
function toWeb(bytes: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = bytes[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await iterator.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await iterator.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}

async function* fromWeb(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
