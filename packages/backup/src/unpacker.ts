import { createHash } from 'node:crypto';
import { Parser, type ReadEntry } from 'tar';
import { foldName, isSafeName } from './entry-name.ts';
import { BackupError } from './errors.ts';
import {
  FORMAT_VERSION,
  MANIFEST_NAME,
  type Manifest,
  type ManifestFile,
  parseManifest,
} from './manifest.ts';
import { damaged, unsafe } from './refusal.ts';

/** Takes the content of a file, before anything is known of it; must read all of it. */
export type TakeFile = (name: string, content: AsyncIterable<Uint8Array>) => Promise<void>;

/** Checks entries as they come out of the tar parser. */
export class Unpacker {
  readonly #path: string;
  readonly #onFile: TakeFile | undefined;
  readonly #parser: Parser;
  readonly #names = new Set<string>();
  readonly #files: Pick<ManifestFile, 'name' | 'size' | 'sha256'>[] = [];
  #manifest: Manifest | undefined;
  #entry: ReadEntry | undefined;
  /** What the entries that came so far are still doing. */
  #work: Promise<void> = Promise.resolve();
  #failure: { readonly error: unknown } | undefined;
  #hasBegun = false;
  /** Bytes that came so far. */
  #passed = 0;
  #isAtEnd = false;
  #wake = (): void => {};

  constructor(path: string, onFile: TakeFile | undefined) {
    this.#path = path;
    this.#onFile = onFile;
    this.#parser = new Parser({ strict: true, zstd: false, maxMetaEntrySize: MAX_META_SIZE });
    this.#parser.on('entry', (entry: ReadEntry) => {
      this.#work = this.#work.then(() => this.#take(entry)).catch((error) => this.#fail(error));
    });
    this.#parser.on('ignoredEntry', (entry: ReadEntry) => {
      this.#fail(unsafe(path, `${quote(entry.path)} is no file (${entry.type})`));
    });
    this.#parser.on('error', (error: unknown) => this.#fail(error));
    this.#parser.on('eof', () => {
      this.#isAtEnd = true;
    });
    this.#parser.on('drain', () => this.#wake());
    this.#parser.on('end', () => this.#wake());
  }

  async write(chunk: Buffer): Promise<void> {
    this.#throwIfFailed();
    // the parser would decompress it once more, and keep all that comes after the end
    if (!this.#hasBegun && chunk[0] === GZIP_MAGIC)
      throw damaged(this.#path, 'it is no tar archive');
    this.#hasBegun = true;
    // The parser passes over what stands after the end, also in the chunk that has the end. So nothing may be there before the
    // zeros of this chunk begin.
    const zeros = this.#startOfLastZeros(chunk);
    await this.#pass(chunk.subarray(0, zeros));
    if (this.#isAtEnd && zeros > 0) throw damaged(this.#path, 'something stands after its end');
    await this.#pass(chunk.subarray(zeros));
    this.#passed += chunk.length;
  }

  async end(): Promise<void> {
    const ended = this.#woken();
    this.#parser.end();
    await ended;
    await this.#work;
    this.#throwIfFailed();
  }

  /** Ends the content of the file that is being taken, and resolves when whoever takes it is done with it. */
  async abandon(error: unknown): Promise<void> {
    this.#fail(error);
    this.#entry?.destroy(error);
    await this.#work;
  }

  /** What the archive is, once each file has been compared with it. */
  finish(): Manifest {
    const manifest = this.#manifest;
    if (!manifest) throw damaged(this.#path, 'it ends before its manifest');
    const found = new Map(this.#files.map((file) => [file.name, file]));
    for (const { name, size, sha256 } of manifest.files) {
      const file = found.get(name);
      if (!file) throw damaged(this.#path, `its manifest lists ${quote(name)}, which is not in it`);
      if (file.size !== size || file.sha256 !== sha256) {
        throw damaged(this.#path, `${quote(name)} is not what its manifest says`);
      }
      found.delete(name);
    }
    const [other] = found.keys();
    if (other !== undefined || manifest.files.length !== this.#files.length) {
      throw damaged(this.#path, `its manifest does not list ${quote(other ?? 'a file twice')}`);
    }
    return manifest;
  }

  async #pass(bytes: Buffer): Promise<void> {
    if (this.#isAtEnd || bytes.length === 0 || this.#parser.write(bytes)) return;
    await this.#woken();
    this.#throwIfFailed();
  }

  /** Where the blocks of a chunk begin that have nothing but zeros, up to its end. */
  #startOfLastZeros(chunk: Buffer): number {
    let end = chunk.length;
    while (end > 0 && chunk[end - 1] === 0) end -= 1;
    if (end === 0) return 0;
    const rest = (this.#passed + end) % BLOCK;
    return Math.min(chunk.length, rest === 0 ? end : end + BLOCK - rest);
  }

  async #take(entry: ReadEntry): Promise<void> {
    this.#throwIfFailed();
    this.#entry = entry;
    // those who read it are told when they come
    entry.on('error', () => {});
    const { path: name, type, size } = entry;
    if (type !== 'File') throw unsafe(this.#path, `${quote(name)} is no file (${type})`);
    if (!isSafeName(name)) throw unsafe(this.#path, `${quote(name)} is no name for a file`);
    if (this.#manifest) throw unsafe(this.#path, `${quote(name)} stands after its manifest`);
    const folded = foldName(name);
    if (this.#names.has(folded)) {
      throw unsafe(
        this.#path,
        `${quote(name)} is in it twice, or differs from another name in case only`,
      );
    }
    this.#names.add(folded);
    if (name === MANIFEST_NAME) await this.#readManifest(entry);
    else await this.#readFile(entry, name, size);
  }

  async #readFile(entry: ReadEntry, name: string, size: number): Promise<void> {
    const hash = createHash('sha256');
    const content = async function* (): AsyncGenerator<Uint8Array> {
      for await (const chunk of entry) {
        hash.update(chunk);
        yield chunk;
      }
    };
    if (this.#onFile) await this.#onFile(name, content());
    else for await (const _chunk of content());
    this.#files.push({ name, size, sha256: hash.digest('hex') });
  }

  async #readManifest(entry: ReadEntry): Promise<void> {
    const most = MANIFEST_HEAD + this.#files.length * MANIFEST_LINE;
    if (entry.size > most) throw unsafe(this.#path, `its manifest has ${entry.size} bytes`);
    const chunks: Uint8Array[] = [];
    for await (const chunk of entry) chunks.push(chunk);
    const parsed = parseManifest(Buffer.concat(chunks).toString('utf8'));
    if ('problem' in parsed) throw damaged(this.#path, parsed.problem);
    if (parsed.format_version > FORMAT_VERSION) throw tooNew(this.#path, parsed);
    this.#manifest = parsed;
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wake();
  }

  #throwIfFailed(): void {
    if (this.#failure) throw this.#failure.error;
  }

  async #woken(): Promise<void> {
    if (this.#failure) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }
}

function tooNew(path: string, { format_version, readable_by }: Manifest): BackupError {
  const message = `${path} was made by a newer version (format ${format_version}, readable by ${readable_by}); update tgstore`;
  return new BackupError('BACKUP_TOO_NEW', path, message);
}

function quote(name: string): string {
  return JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name);
}

/** Of a tar. */
const BLOCK = 512;
const MAX_META_SIZE = 64 * 1024;
/** What a manifest may have without files, and for each of them. */
const MANIFEST_HEAD = 64 * 1024;
const MANIFEST_LINE = 2 * 1024;
const GZIP_MAGIC = 0x1f;
