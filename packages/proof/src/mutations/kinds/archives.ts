import { Buffer } from 'node:buffer';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { EnhancedFileManager } from '@tgstore/core';
import { createRandom, type Random } from '@tgstore/testkit';
import { richConversation } from '../corpus.ts';
import { type Kind, type MutatedFile, mustHold, type Subject, unlessRefused } from '../kind.ts';
import { makeTar, sha256, withChecksums } from '../tar-file.ts';
import { differences, treeOf } from '../tree.ts';

/** Archives: what is accepted comes back byte for byte, and nothing is written outside of where it shall come back. */
export const archives: Kind = {
  name: 'archives',
  cases: 1_000_000,
  dear: 20_000,
  open: (directory) => Archives.open(directory),
};

/** A file of the corpus, and how an archive is made of it when it was mutated. */
interface Source {
  readonly bytes: Buffer;
  readonly isEncrypted?: boolean;
  readonly make: (bytes: Buffer, random: Random) => Buffer;
}

class Archives implements Subject {
  readonly material;
  readonly #directory: string;
  readonly #store: EnhancedFileManager;
  readonly #sources: readonly Source[];
  readonly #originals: ReadonlySet<string>;

  private constructor(
    directory: string,
    store: EnhancedFileManager,
    sources: Source[],
    originals: string[],
  ) {
    this.#directory = directory;
    this.#store = store;
    this.#sources = sources;
    this.#originals = new Set(originals);
    this.material = {
      corpus: sources.map(({ bytes }) => bytes),
      dictionary: DICTIONARY,
      isJson: true,
    };
  }

  static async open(directory: string): Promise<Archives> {
    const store = new EnhancedFileManager({
      storageDir: join(directory, 'store'),
      durability: 'relaxed',
      lockTimeoutMs: 2000,
    });
    for (const id of ['12345', 'Ann']) await store.saveConversation(richConversation(id));
    const plain = await store.createManualBackup({ tag: 'plain' });
    const { path } = await store.createManualBackup({ tag: 'secret', recipients: [RECIPIENT] });
    const names = (await store.listFiles()).map(({ path }) => path);
    const files = names.map((path) => readFileSync(path));
    const gz = readFileSync(plain.path);
    const age = readFileSync(path);
    rmSync(store.backups.backupDir, { recursive: true });
    const sources = sourcesOf(
      gz,
      age,
      names.map((path) => path.slice(store.storageDir.length + 1)),
      files,
    );
    return new Archives(
      directory,
      store,
      sources,
      files.map((bytes) => bytes.toString('latin1')),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#store.close();
  }

  async try({ bytes, origin, seed, isDear }: MutatedFile): Promise<boolean> {
    const random = createRandom(seed);
    const { make, isEncrypted = false } = this.#sources[origin] as Source;
    const archive = make(bytes, random);
    const { backups } = this.#store;
    rmSync(backups.backupDir, { recursive: true, force: true });
    mkdirSync(backups.backupDir, { recursive: true });
    writeFileSync(join(backups.backupDir, `${ID}.tar.gz${isEncrypted ? '.age' : ''}`), archive);
    if (random.chance(0.1)) await this.#list(bytes);
    const verified = await unlessRefused(() => backups.verifyBackup(ID, KEYS));
    const left = readdirSync(backups.backupDir).filter((name) => name.endsWith('.tmp'));
    mustHold(left.length === 0, () => `verifying leaves ${left.join()}`);
    if (verified && !isEncrypted) this.#mustHavePlainNames();
    if (isDear || (verified && random.chance(0.1)))
      await this.#restore(verified !== undefined, random.chance(0.5));
    return verified !== undefined;
  }

  #mustHavePlainNames(): void {
    const text = readFileSync(join(this.#store.backups.backupDir, `${ID}.manifest.json`), 'utf8');
    for (const { name } of (JSON.parse(text) as { files: { name: string }[] }).files) {
      const isPlain = !/[/\\\0]|^\./.test(name) && !/^con(?:[._]|$)/i.test(name.replace(/_.*/, ''));
      mustHold(isPlain, () => `accepts the name ${JSON.stringify(name)}`);
    }
  }

  async #list(sidecar: Buffer): Promise<void> {
    const { backups } = this.#store;
    writeFileSync(join(backups.backupDir, `${ID}.manifest.json`), sidecar);
    const { backups: found } = await backups.listBackups();
    mustHold(found.length === 1 && found[0]?.id === ID, () => `lists ${found.length} backups`);
    const { createdAt = '', counts } = found[0] ?? {};
    mustHold(!Number.isNaN(Date.parse(createdAt)), () => 'lists a backup of no time');
    mustHold(counts === undefined || typeof counts.files === 'number', () => 'lists wrong counts');
    await unlessRefused(() => backups.pruneBackups({ dryRun: true }));
  }

  async #restore(isAccepted: boolean, isFresh: boolean): Promise<void> {
    const target = join(this.#directory, isFresh ? 'fresh' : 'store');
    rmSync(join(this.#directory, 'fresh'), { recursive: true, force: true });
    const before = treeOf(this.#directory);
    const options = { ...KEYS, overwrite: true, ...(isFresh && { to: target }) };
    const restored = await unlessRefused(() => this.#store.restoreBackup(ID, options));
    const changed = differences(before, treeOf(this.#directory)).filter(
      (path) => !path.startsWith('store/backups/'),
    );
    if (!restored) {
      const real = changed.filter(
        (path) => !path.startsWith('fresh/.tgstore/') && path !== 'store/.tgstore/store.json',
      );
      mustHold(
        !isAccepted || real.length === 0,
        () => `refused to restore what it had verified, and changed ${real.join()}`,
      );
      mustHold(real.length === 0, () => `a restore that was refused changed ${real.join()}`);
      return;
    }
    mustHold(isAccepted, () => 'restores what it would not verify');
    const outside = changed.filter((path) => !path.startsWith(isFresh ? 'fresh/' : 'store/'));
    mustHold(outside.length === 0, () => `writes ${outside.join()}`);
    for (const { name } of restored.items) {
      const content = treeOf(target).get(name) ?? '';
      mustHold(
        this.#originals.has(content),
        () => `restores ${JSON.stringify(name)} as something else`,
      );
    }
    if (isFresh) return;
    for (const path of changed) {
      const isBack = path.startsWith('store/.tgstore/') || /^store\/[^/.][^/]*\.json$/.test(path);
      mustHold(isBack, () => `restores ${path}`);
    }
    await this.#putBack();
  }

  /** A hostile name that is a name after all came into the store. */
  async #putBack(): Promise<void> {
    for (const id of await this.#store.listConversations()) {
      if (id !== '12345' && id !== 'Ann')
        await unlessRefused(() => this.#store.deleteConversation(id));
    }
  }
}

/** The kinds of damage: to the archive, to the tar in it, to its manifest, and to a name in all places where it stands. */
function sourcesOf(
  gz: Buffer,
  age: Buffer,
  names: readonly string[],
  files: readonly Buffer[],
): Source[] {
  const tar = gunzipSync(gz);
  const pack = (bytes: Buffer): Buffer => gzipSync(bytes, { level: 1 });
  const manifest = manifestOf(tar);
  const entries = files.map((content, index) => ({
    name: Buffer.from(names[index] ?? ''),
    content,
  }));
  const withManifest = (bytes: Buffer): Buffer =>
    pack(makeTar([...entries, { name: Buffer.from('manifest.json'), content: bytes }]));
  const [first, ...others] = entries;
  const withName = (name: Buffer): Buffer => {
    const named = [{ name, content: first?.content ?? Buffer.alloc(0) }, ...others];
    const list = named.map(({ name, content }) => ({
      name: name.toString('utf8'),
      size: content.length,
      sha256: sha256(content),
    }));
    const bytes = list.reduce((sum, { size }) => sum + size, 0);
    const head = JSON.parse(manifest.toString('utf8')) as object;
    const text = JSON.stringify({
      ...head,
      files: list,
      counts: { files: list.length, bytes, messages: 0 },
    });
    return pack(
      makeTar([...named, { name: Buffer.from('manifest.json'), content: Buffer.from(text) }]),
    );
  };
  const packTar = (bytes: Buffer, random: Random): Buffer =>
    pack(random.chance(0.7) ? withChecksums(bytes) : bytes);
  return [
    ...[gz, gz].map((bytes) => ({ bytes, make: (mutated: Buffer) => mutated })),
    ...[tar, tar, tar].map((bytes) => ({ bytes, make: packTar })),
    ...[manifest, manifest].map((bytes) => ({ bytes, make: withManifest })),
    { bytes: Buffer.from(names[0] ?? ''), make: withName },
    { bytes: age, isEncrypted: true, make: (mutated: Buffer) => mutated },
  ];
}

function manifestOf(tar: Buffer): Buffer {
  const start = tar.lastIndexOf('{"format":"tgstore-backup"');
  return tar.subarray(start, tar.indexOf(0, start));
}

const ID = '20260101T000000Z_plain';
// a key that opens nothing but these archives
const RECIPIENT = 'age16hnv45w99cz0840wp2rvdp0xtwyjxm6mc7tzdd7s2dn55v7y94hqcf6arx';
const KEYS = {
  identities: ['AGE-SECRET-KEY-1A6CVGXS5H6NVYKSP5LSN6WR9DTT662YA3V0QG4F6K0TFWAP4WPCS68HDCW'],
};

const DICTIONARY = [
  ...[
    '../../evil_unprocessed.json',
    '/tmp/evil_unprocessed.json',
    '..\\evil.json',
    'a/b_unprocessed.json',
    '.hidden_unprocessed.json',
  ],
  ...[
    'con_unprocessed.json',
    '2_unprocessed.json',
    '2_processed.json',
    '12345_processed.json',
    '.12345.undo',
    '.tgstore/store.json',
  ],
  ...[
    'manifest.json',
    'MANIFEST.JSON',
    'backups',
    'x\0y_unprocessed.json',
    '~2e~2e~2fevil_unprocessed.json',
    '~41nn_unprocessed.json',
  ],
  ...[
    '77777777777\0',
    '00000000000\0',
    '-0000000001\0',
    '\x80\0\0\0\0\0\0\0\x7f\0\0',
    '\xff\xff\xff\xff\xff\xff\xff\xff',
  ],
  ...[
    'ustar\x0000',
    'ustar  \0',
    '1',
    '2',
    '5',
    'x',
    'g',
    'L',
    'K',
    '30 path=../../evil\n',
    '20 size=99999999999\n',
    '16 size=-1\n',
  ],
  ...[
    '"format_version":2',
    '"format_version":0',
    '"size":9007199254740992',
    '"files":[]',
    '"counts":{"files":{"toString":1}}',
  ],
  ...[
    '"created_at":"9999-12-31T23:59:59Z"',
    '"tag":"x"',
    '"readable_by":{"toString":1}',
    '"readable_by":null',
    '"archive":{"size":1}',
  ],
  ...[
    'age-encryption.org/v1\n',
    '-> X25519 ',
    '\n--- ',
    '-> scrypt AAAA 40\n',
    '\x1f\x8b\x08\x00',
    '\x1f\x8b\x08\x1c',
  ],
].map((text) => Buffer.from(text, 'latin1'));
