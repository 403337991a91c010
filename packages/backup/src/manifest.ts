/** One file of an archive. */
export interface ManifestFile {
  /** Its name in the directory. */
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** Of its bytes; hexadecimal. */
  readonly sha256: string;
  /** How people call it, where that is not its name: the id of a conversation. */
  readonly id?: string | undefined;
  /** What it was, in the words of whoever keeps the files: `processed`. */
  readonly status?: string | undefined;
  /** Messages in it, where it is a conversation that could be read. */
  readonly messages?: number | undefined;
  /** Random, written anew with each change of its content. */
  readonly revision_id?: string | undefined;
}

/** What an archive holds, in numbers. */
export interface BackupCounts {
  /** Files in it. */
  readonly files: number;
  /** Sum of the sizes of the files, in bytes. */
  readonly bytes: number;
  /** Sum of the messages of those that say how many they have. */
  readonly messages: number;
}

/** What an archive says of itself, in its last entry. */
export interface Manifest {
  /** Tells it from other JSON. */
  readonly format: typeof FORMAT;
  /** Version of the format, from 1. */
  readonly format_version: number;
  /** Versions that can read it: this one and later ones. */
  readonly readable_by: string;
  /** ISO 8601, UTC, to the second. */
  readonly created_at: string;
  /** What it was made for; automatic archives have none. */
  readonly tag?: string | undefined;
  /** What is in it. */
  readonly counts: BackupCounts;
  /** Its files, in the order of the archive. */
  readonly files: readonly ManifestFile[];
}

/** An archive that was written or read to its end. */
export interface WholeArchive {
  readonly manifest: Manifest;
  /** Of the archive itself, in bytes. */
  readonly size: number;
  /** Of the bytes of the archive; hexadecimal. */
  readonly sha256: string;
}

export const FORMAT = 'tgstore-backup';
export const FORMAT_VERSION = 1;
export const MANIFEST_NAME = 'manifest.json';

export function makeManifest(
  { createdAt, tag }: { readonly createdAt: string; readonly tag: string | undefined },
  files: readonly ManifestFile[],
): Manifest {
  return {
    format: FORMAT,
    format_version: FORMAT_VERSION,
    readable_by: '@tgstore/backup >= 0.1, and any tar',
    created_at: createdAt,
    ...(tag !== undefined && { tag }),
    counts: countFiles(files),
    files,
  };
}

export function countFiles(files: readonly ManifestFile[]): BackupCounts {
  const sum = (value: (file: ManifestFile) => number): number =>
    files.reduce((total, file) => total + value(file), 0);
  return {
    files: files.length,
    bytes: sum(({ size }) => size),
    messages: sum(({ messages = 0 }) => messages),
  };
}

/** Readable by people too: a file a line. */
export function serializeManifest({ files, ...head }: Manifest): string {
  const lines = files.map((file) => JSON.stringify(file)).join(',\n');
  return `${JSON.stringify(head).slice(0, -1)},"files":[\n${lines}\n]}\n`;
}

/** A manifest, or what keeps it from being one. */
export function parseManifest(text: string): Manifest | { readonly problem: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // what the engine says of it quotes it, and it may have been encrypted
    return { problem: 'its manifest is no JSON' };
  }
  if (!isObject(value) || value.format !== FORMAT || !isCount(value.format_version)) {
    return { problem: 'its manifest is not one of tgstore' };
  }
  if (value.format_version > FORMAT_VERSION) return value as unknown as Manifest;
  const { created_at, tag, files, counts } = value;
  if (!isInstant(created_at) || !(tag === undefined || typeof tag === 'string')) {
    return { problem: 'its manifest has no time or a wrong tag' };
  }
  if (!Array.isArray(files) || !files.every(isManifestFile)) {
    return { problem: 'its manifest has a wrong list of files' };
  }
  if (!isObject(counts)) return { problem: 'its manifest has no counts' };
  const expected = countFiles(files);
  for (const key of ['files', 'bytes', 'messages'] as const) {
    if (counts[key] !== expected[key]) {
      return { problem: `its manifest has a wrong count of ${key}, and lists ${expected[key]}` };
    }
  }
  return value as unknown as Manifest;
}

/** Whether it is a time as archives have it: retention counts by it. */
export function isInstant(value: unknown): value is string {
  if (typeof value !== 'string') return false;
  const hasForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z$/.test(value);
  return hasForm && !Number.isNaN(Date.parse(value));
}

function isManifestFile(value: unknown): value is ManifestFile {
  if (!isObject(value)) return false;
  const { name, size, sha256, id, status, messages, revision_id } = value;
  return (
    typeof name === 'string' &&
    isCount(size) &&
    typeof sha256 === 'string' &&
    /^[0-9a-f]{64}$/.test(sha256) &&
    (id === undefined || typeof id === 'string') &&
    (status === undefined || typeof status === 'string') &&
    (messages === undefined || isCount(messages)) &&
    (revision_id === undefined || typeof revision_id === 'string')
  );
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
