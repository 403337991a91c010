import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { FetchMode } from '@tgstore/schema';
import type { ErrorCode } from 'yaml';
import { hasCode, StoreError } from './errors.ts';
import { shorten } from './shorten.ts';

/** The settings of a store, each with its default where nothing sets it. */
export interface Config {
  /** Absolute path of the store. @default db/telegram/chats */
  readonly storageDir: string;
  /** Hours between automatic backups. @default 24 */
  readonly backupFrequencyHours: number;
  /** Automatic backups that are kept. @default 5 */
  readonly maxBackups: number;
  /** How long to wait for a lock, in milliseconds; in the file in seconds. @default 10_000 */
  readonly lockTimeoutMs: number;
  /** Allows locks on NFS, SMB, FUSE and the like, where they may not hold. @default false */
  readonly allowNetworkFileSystem: boolean;
  /** Which conversations a fetch takes. @default 'initial' */
  readonly fetchMode: FetchMode;
}

/** A configuration, and where it comes from. */
export interface LoadedConfig {
  /** The settings. */
  readonly config: Config;
  /** Absolute path of the file that was read; `undefined` where there is none. */
  readonly file: string | undefined;
  /** Where each setting comes from: `--store`, `TGSTORE_DIR`, a key of the file, or `default`. */
  readonly origins: Readonly<Record<keyof Config, string>>;
}

/** Options of {@link loadConfig}. */
export interface ConfigOptions {
  /** The store, named explicitly: goes before everything else. */
  readonly storageDir?: string | undefined;
  /** The configuration file; without it the first of {@link CONFIG_FILES} that exists. */
  readonly file?: string | undefined;
  /** Where relative paths begin. @default process.cwd() */
  readonly workingDirectory?: string | undefined;
  /** The environment, for `TGSTORE_DIR`. @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

/** Configuration files, in the order in which they are looked for in the working directory. */
export const CONFIG_FILES = ['tgstore.yaml', 'tgstore.yml', 'tgstore.json', 'config.yaml'] as const;

/**
 * Finds where the store is and how it shall behave: explicit path, `TGSTORE_DIR`, `preprocessors.telegram.chat_history_dir`,
 * `ingestors.telegram.json_storage_path`, `db/telegram/chats`, in this order; the other settings from `ingestors.telegram`.
 * Relative paths begin at the working directory.
 *
 * @throws {@link StoreError} `STORE_CONFIG_INVALID` when the file is missing, is no YAML or JSON, or a value is of the wrong kind.
 */
export async function loadConfig({
  storageDir,
  file,
  workingDirectory = process.cwd(),
  env = process.env,
}: ConfigOptions = {}): Promise<LoadedConfig> {
  const found = await readConfigFile(workingDirectory, file);
  const settings = new Settings(found);
  const text = (key: string): Found<string> => settings.get(key, 'a text', isText);
  const storage =
    given(storageDir, '--store') ??
    given(env.TGSTORE_DIR, 'TGSTORE_DIR') ??
    text('preprocessors.telegram.chat_history_dir') ??
    text('ingestors.telegram.json_storage_path') ??
    byDefault('db/telegram/chats');
  const hours = settings.get(
    'ingestors.telegram.backup_frequency',
    'a number of hours above 0',
    isPositive,
  );
  const backups = settings.get('ingestors.telegram.max_backups', 'a whole number above 0', isCount);
  const timeout = settings.get(
    'ingestors.telegram.lock_timeout',
    'a number of seconds above 0',
    isSeconds,
  );
  const network = settings.get(
    'ingestors.telegram.allow_network_file_system',
    'true or false',
    isBoolean,
  );
  const mode = settings.get('ingestors.telegram.fetch_mode', '"initial" or "all"', isFetchMode);
  return {
    file: found?.path,
    config: {
      storageDir: resolve(workingDirectory, storage.value),
      backupFrequencyHours: hours?.value ?? 24,
      maxBackups: backups?.value ?? 5,
      lockTimeoutMs: (timeout?.value ?? 10) * 1000,
      allowNetworkFileSystem: network?.value ?? false,
      fetchMode: mode?.value ?? 'initial',
    },
    origins: {
      storageDir: storage.origin,
      backupFrequencyHours: originOf(hours),
      maxBackups: originOf(backups),
      lockTimeoutMs: originOf(timeout),
      allowNetworkFileSystem: originOf(network),
      fetchMode: originOf(mode),
    },
  };
}

type Found<T> = { readonly value: T; readonly origin: string } | undefined;

interface ConfigFile {
  readonly path: string;
  readonly content: unknown;
  /** Where the value of a key stands; `undefined` where that is behind an alias. */
  lineOf(key: string[]): number | undefined;
}

/** The values of a configuration file, by dotted key. */
class Settings {
  readonly #file: ConfigFile | undefined;

  constructor(file: ConfigFile | undefined) {
    this.#file = file;
  }

  get<T>(key: string, kind: string, isOfKind: (value: unknown) => value is T): Found<T> {
    const names = key.split('.');
    let value = this.#file?.content;
    for (const name of names) {
      value = isMapping(value) && Object.hasOwn(value, name) ? value[name] : undefined;
    }
    if (!this.#file || value === undefined || value === null) return undefined;
    if (isOfKind(value)) return { value, origin: key };
    const line = this.#file.lineOf(names);
    const place = line === undefined ? '' : `line ${line}: `;
    throw invalid(this.#file.path, `${place}${key} must be ${kind}, not ${show(value)}`);
  }
}

async function readConfigFile(
  directory: string,
  named: string | undefined,
): Promise<ConfigFile | undefined> {
  for (const name of named === undefined ? CONFIG_FILES : [named]) {
    const path = resolve(directory, name);
    const text = await readText(path, named !== undefined).catch((error: Error) => {
      if (!hasCode(error, 'ENOENT')) throw invalid(path, error.message, error);
      if (named !== undefined) throw invalid(path, 'there is no such file; check --config', error);
      return undefined;
    });
    if (text !== undefined) return await parse(path, text);
  }
  return undefined;
}

/** One that is named may be a pipe; one that is found must not keep us waiting. */
async function readText(path: string, isNamed: boolean): Promise<string> {
  if (!isNamed && !(await stat(path)).isFile()) throw new Error('it is no regular file');
  const chunks: Buffer[] = [];
  // the device of a name may have no end
  for await (const chunk of createReadStream(path, { end: MAX_SIZE })) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  if (bytes.length > MAX_SIZE) throw new Error(`it has more than ${MAX_SIZE} bytes`);
  return bytes.toString('utf8');
}

// JSON is YAML, so one parser reads both
async function parse(path: string, text: string): Promise<ConfigFile> {
  // most stores are named by an option, and need no configuration
  const { isNode, LineCounter, parseDocument, visit } = await import('yaml');
  const lines = new LineCounter();
  // keys and passwords of others stand there too: the library's own words quote the text, its warnings as well
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'error',
  });
  const [problem] = document.errors;
  if (problem) {
    const { line, col } = lines.linePos(problem.pos[0]);
    const what = WITHOUT_TEXT[problem.code] ?? problem.message;
    throw invalid(path, `line ${line}, column ${col}: ${what}`);
  }
  const lineOf = (key: string[]): number | undefined => {
    const node = document.getIn(key, true);
    return isNode(node) && node.range ? lines.linePos(node.range[0]).line : undefined;
  };
  try {
    return { path, content: document.toJS({ maxAliasCount: 100 }), lineOf };
  } catch {
    // what the library says has the name in it, which may be a password that begins with a star
    let place = '';
    visit(document, {
      Alias: (_key, alias) => {
        if (!alias.range || alias.resolve(document)) return undefined;
        place = `line ${lines.linePos(alias.range[0]).line}: `;
        return visit.BREAK;
      },
    });
    throw invalid(
      path,
      `${place}${place ? 'an alias without its anchor' : 'aliases that multiply'}`,
    );
  }
}

function given(value: string | undefined, origin: string): Found<string> {
  return value ? { value, origin } : undefined;
}

function byDefault<T>(value: T): { readonly value: T; readonly origin: string } {
  return { value, origin: 'default' };
}

function originOf(found: Found<unknown>): string {
  return found?.origin ?? 'default';
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  if (typeof value === 'object') return 'a list or mapping';
  if (typeof value !== 'string') return String(value);
  // where a quote is missing, it goes on over what follows
  return value.length <= MAX_SHOWN ? JSON.stringify(value) : `a text of ${value.length} characters`;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isPositive(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}

/** Counted in milliseconds it is a number still. */
function isSeconds(value: unknown): value is number {
  return isPositive(value) && isPositive(value * 1000);
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

function isCount(value: unknown): value is number {
  return isPositive(value) && Number.isInteger(value);
}

function isFetchMode(value: unknown): value is FetchMode {
  return value === 'initial' || value === 'all';
}

function invalid(path: string, what: string, cause?: unknown): StoreError {
  return new StoreError('STORE_CONFIG_INVALID', path, `${path}: ${shorten(what, MAX_MESSAGE)}`, {
    cause,
  });
}

/** Longer than every value that is allowed, of the settings that are not free texts. */
const MAX_SHOWN = 11;

/** Problems in whose messages the library quotes the file. */
const WITHOUT_TEXT: Readonly<Partial<Record<ErrorCode, string>>> = {
  BAD_ALIAS: 'a name that no alias can have',
  BAD_COLLECTION_TYPE: 'a tag of another kind of value',
  BAD_DIRECTIVE: 'a directive that is none',
  BAD_DQ_ESCAPE: 'a backslash before what is no escape',
  TAG_RESOLVE_FAILED: 'a tag that is unknown',
  UNEXPECTED_TOKEN: 'something unexpected',
};

/** In characters; a file may have a key or a value of any length. */
const MAX_MESSAGE = 500;
const MAX_SIZE = 1024 * 1024;
