import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { inspect } from 'node:util';
import { runTypeScript } from '@tgstore/testkit';
import { Encrypter, generateIdentity, identityToRecipient } from 'age-encryption';
import { describe, expect, test } from 'vitest';
import { decrypt, encrypt, encrypterFor } from '../src/encryption.ts';
import { codeOf } from './support/errors.ts';
import { IDENTITY, RECIPIENT } from './support/keys.ts';
import { refusalOf } from './support/refused.ts';
import { type TempStore, tempStore } from './support/store.ts';
import { archiveOf } from './support/tar.ts';
import { filesOf, treeOf } from './support/tree.ts';

const FILES = { 'alice.json': 'what alice wrote', 'bob.json': '' };
const NAME = '20261123T014500Z.tar.gz.age';
const PASSPHRASE = 'correct horse';

describe('an archive for recipients', () => {
  test('is opened by the identity of each, and restored', async () => {
    const other = await generateIdentity();
    await using temp = await filled();
    const { id, path, counts } = await temp.backups.createBackup({
      recipients: [RECIPIENT, await identityToRecipient(other)],
    });
    expect(path.endsWith('20261123T014500Z.tar.gz.age')).toBe(true);
    const stranger = await generateIdentity();
    for (const identities of [[IDENTITY], [other], [stranger, other]]) {
      expect((await temp.backups.verifyBackup(id, { identities })).counts).toEqual(counts);
    }
    const to = join(temp.root, 'elsewhere');
    await temp.backups.restoreBackup(id, { to, identities: [other] });
    expect(filesOf(to)).toEqual(FILES);
  });

  test('tells nobody what is in it: beside it stand only counts', async () => {
    await using temp = await filled();
    const { path } = await temp.backups.createBackup({ recipients: [RECIPIENT] });
    for (const name of await readdir(temp.backupDir)) {
      const content = await readFile(join(temp.backupDir, name), 'latin1');
      expect(content).not.toContain('alice');
    }
    const { backups } = await temp.backups.listBackups();
    const counts = { files: 2, bytes: 16, messages: 0 };
    expect(backups).toMatchObject([{ path, encrypted: true, counts }]);
    // it was read again as far as that goes without the key
    expect(backups[0]?.verifiedAt).toBe('2026-11-23T01:45:00.000Z');
    await temp.backups.verifyBackup('2026', { identities: [IDENTITY] });
    const text = await readFile(join(temp.backupDir, '20261123T014500Z.manifest.json'), 'utf8');
    expect(text).not.toContain('alice');
  });

  test('is another one each time, and holds the same', async () => {
    await using temp = await filled();
    const options = { recipients: [RECIPIENT] };
    const first = await temp.backups.createBackup(options);
    temp.time += 1000;
    const second = await temp.backups.createBackup(options);
    const [one, other] = [await readFile(first.path), await readFile(second.path)];
    expect(one.equals(other)).toBe(false);
  });

  test('is refused without key, with a wrong one and with a passphrase, and nothing is changed', async () => {
    const archive = await encrypted(archiveOf([{ name: 'a.json', content: 'theirs' }]));
    const refused = (keys: object) => refusalOf(archive, { name: NAME, ...keys });
    expect(await refused({})).toBe('BACKUP_NEEDS_KEY');
    expect(await refused({ identities: [] })).toBe('BACKUP_NEEDS_KEY');
    expect(await refused({ identities: [await generateIdentity()] })).toBe('BACKUP_WRONG_KEY');
    expect(await refused({ passphrase: PASSPHRASE })).toBe('BACKUP_WRONG_KEY');
    expect(await refused({ identities: [IDENTITY] })).toBeUndefined();
  });

  test('an identity that is none is a TypeError, which does not show it', async () => {
    await using temp = await filled();
    const { id } = await temp.backups.createBackup({ recipients: [RECIPIENT] });
    const before = treeOf(temp.root);
    for (const identity of [
      '',
      'secret',
      `${IDENTITY}x`,
      IDENTITY.toLowerCase().slice(1),
      RECIPIENT,
    ]) {
      const error = await temp.backups.verifyBackup(id, { identities: [identity] }).catch((e) => e);
      expect(error).toBeInstanceOf(TypeError);
      if (identity) expect(`${error} ${error.cause}`).not.toContain(identity);
    }
    expect(treeOf(temp.root)).toEqual(before);
  });

  test('and that is hostile within is refused as any other', async () => {
    const archive = await encrypted(archiveOf([{ name: '../x', content: 'theirs' }]));
    expect(await refusalOf(archive, { name: NAME, identities: [IDENTITY] })).toBe('BACKUP_UNSAFE');
  });

  test('and that is cut anywhere is damaged', async () => {
    await using temp = await filled();
    const { id, path } = await temp.backups.createBackup({ recipients: [RECIPIENT] });
    const archive = await readFile(path);
    for (let length = 0; length < archive.length; length += 5) {
      await writeFile(path, archive.subarray(0, length));
      const code = await codeOf(temp.backups.verifyBackup(id, { identities: [IDENTITY] }));
      expect(code, `cut at ${length}`).toBe('BACKUP_DAMAGED');
    }
  });

  test('and that is flipped anywhere is damaged, or seems to be for another key', async () => {
    await using temp = await filled();
    const { id, path } = await temp.backups.createBackup({ recipients: [RECIPIENT] });
    const archive = await readFile(path);
    for (let byte = 0; byte < archive.length; byte += 2) {
      const bytes = Buffer.from(archive);
      bytes[byte] = (bytes[byte] ?? 0) ^ (1 << (byte & 7));
      await writeFile(path, bytes);
      const code = await codeOf(temp.backups.verifyBackup(id, { identities: [IDENTITY] }));
      expect(code, `byte ${byte}`).toMatch(/^BACKUP_(DAMAGED|WRONG_KEY)$/);
    }
  });

  test.each([
    ['cut between two parts', (bytes: Buffer) => bytes.subarray(0, -65_552)],
    ['cut within a part', (bytes: Buffer) => bytes.subarray(0, -1_000)],
    ['changed at its end', (bytes: Buffer) => changedAt(bytes, bytes.length - 1)],
    ['changed in the middle', (bytes: Buffer) => changedAt(bytes, bytes.length >> 1)],
    ['followed by something', (bytes: Buffer) => Buffer.concat([bytes, Buffer.from('x')])],
    ['followed by itself', (bytes: Buffer) => Buffer.concat([bytes, bytes])],
  ])('that has many parts and is %s changes nothing', async (_, spoil) => {
    const content = randomBytes(400_000);
    const archive = await encrypted(archiveOf([{ name: 'a.json', content }]));
    const options = { name: NAME, identities: [IDENTITY] };
    expect(await refusalOf(spoil(archive), options)).toBe('BACKUP_DAMAGED');
    expect(await refusalOf(archive, options)).toBeUndefined();
  });

  test.each([
    ['an empty file', Buffer.alloc(0)],
    ['an archive that is not encrypted', archiveOf([])],
    ['garbage', Buffer.from('garbage '.repeat(1_000))],
    ['a header without end', Buffer.from('age-encryption.org/v1\n'.padEnd(2_000_000, '-> X\n'))],
    ['a version of the future', Buffer.from('age-encryption.org/v9\n--- x\n')],
  ])('%s under its name is damaged', { timeout: 10_000 }, async (_, archive) => {
    for (const keys of [{ identities: [IDENTITY] }]) {
      expect(await refusalOf(archive, { name: NAME, ...keys })).toBe('BACKUP_DAMAGED');
    }
  });
});

describe('an archive by passphrase', () => {
  test('is opened by it', { timeout: 60_000 }, async () => {
    await using temp = await filled();
    const { id, counts } = await temp.backups.createBackup({ passphrase: PASSPHRASE });
    const verified = await temp.backups.verifyBackup(id, { passphrase: PASSPHRASE });
    expect(verified.counts).toEqual(counts);
  });

  test('is refused with another one, with an identity and without, and opens with either', async () => {
    const archive = await encrypted(archiveOf([{ name: 'a.json', content: 'x' }]), {
      passphrase: PASSPHRASE,
    });
    const refused = (keys: object) => refusalOf(archive, { name: NAME, ...keys });
    expect(await refused({})).toBe('BACKUP_NEEDS_KEY');
    expect(await refused({ passphrase: 'wrong horse' })).toBe('BACKUP_WRONG_KEY');
    expect(await refused({ passphrase: '' })).toBe('BACKUP_WRONG_KEY');
    expect(await refused({ identities: [IDENTITY] })).toBe('BACKUP_WRONG_KEY');
    expect(await refused({ passphrase: PASSPHRASE, identities: [IDENTITY] })).toBeUndefined();
  });

  test('that asks for more work than anybody does is refused at once', {
    timeout: 10_000,
  }, async () => {
    const archive = await encrypted(archiveOf([]), { passphrase: PASSPHRASE });
    const header = archive.toString('latin1').replace(/(-> scrypt \S+) \d+/, '$1 40');
    const options = { name: NAME, passphrase: PASSPHRASE };
    expect(await refusalOf(Buffer.from(header, 'latin1'), options)).toMatch(
      /^BACKUP_(DAMAGED|WRONG_KEY)$/,
    );
  });
});

describe('misuse is a TypeError, and nothing is made', () => {
  test.each([
    ['both', { recipients: [RECIPIENT], passphrase: PASSPHRASE }],
    ['a recipient that is none', { recipients: ['nobody'] }],
    ['a recipient that is half of one', { recipients: [RECIPIENT.slice(0, -1)] }],
    ['a recipient that is empty', { recipients: [''] }],
    ['one of two that is none', { recipients: [RECIPIENT, 'nobody'] }],
    ['a secret key for a recipient', { recipients: [IDENTITY] }],
  ])('%s', async (_, options) => {
    await using temp = await filled();
    await expect(temp.backups.createBackup(options)).rejects.toThrow(TypeError);
    expect(await readdir(temp.root)).toEqual(['store']);
  });

  test('both are told as what they are', async () => {
    const both = { recipients: [RECIPIENT], passphrase: PASSPHRASE };
    await expect(encrypterFor(both)).rejects.toThrow('not both');
  });

  test('no recipients and no passphrase is not encrypted', async () => {
    expect(await encrypterFor({})).toBeUndefined();
    expect(await encrypterFor({ recipients: [] })).toBeUndefined();
    expect(await encrypterFor({ recipients: [], passphrase: undefined })).toBeUndefined();
  });
});

const hasAge = works('age', '--version');

describe.skipIf(!hasAge)('the age tool (apt-get install age)', () => {
  test('opens what is made here, and tar unpacks that', async () => {
    await using temp = await filled();
    const { path } = await temp.backups.createBackup({ recipients: [RECIPIENT] });
    const key = join(temp.root, 'key');
    const archive = join(temp.root, 'opened.tar.gz');
    await writeFile(key, IDENTITY);
    execFileSync('age', ['--decrypt', '-i', key, '-o', archive, path]);
    const to = join(temp.root, 'unpacked');
    await mkdir(to);
    execFileSync('tar', ['-xzf', archive, '-C', to]);
    expect(filesOf(to)).toMatchObject(FILES);
  });

  test('makes what is opened here', async () => {
    await using temp = await filled();
    const { id, path } = await temp.backups.createBackup();
    execFileSync('age', ['-r', RECIPIENT, '-o', `${path}.age`, path]);
    execFileSync('rm', [path]);
    const to = join(temp.root, 'elsewhere');
    await temp.backups.restoreBackup(id, { to, identities: [IDENTITY] });
    expect(filesOf(to)).toEqual(FILES);
    await temp.backups.verifyBackup(id, { identities: [IDENTITY] });
  });
});

describe('encrypt and decrypt', () => {
  test.each([0, 1, 65_535, 65_536, 65_537, 300_000])('%i bytes come back', async (size) => {
    const content = randomBytes(size);
    const encrypter = (await encrypterFor({ recipients: [RECIPIENT] })) as Encrypter;
    const secret = encrypt(encrypter, pieces(content));
    const keys = { identities: [IDENTITY] };
    expect((await buffer(decrypt(secret, keys, 'a'))).equals(content)).toBe(true);
  });

  test('what breaks in the source passes through, in both directions', async () => {
    async function* broken() {
      yield randomBytes(200_000);
      throw Object.assign(new Error('the disk broke'), { code: 'EIO', syscall: 'read' });
    }
    const encrypter = (await encrypterFor({ recipients: [RECIPIENT] })) as Encrypter;
    await expect(buffer(encrypt(encrypter, broken()))).rejects.toThrow('the disk broke');
    const whole = await encrypted(randomBytes(400_000));
    async function* brokenLater() {
      yield whole.subarray(0, 200_000);
      throw Object.assign(new Error('the disk broke'), { code: 'EIO', syscall: 'read' });
    }
    const decrypting = buffer(decrypt(brokenLater(), { identities: [IDENTITY] }, 'a'));
    await expect(decrypting).rejects.toMatchObject({ code: 'EIO' });
  });

  test('whoever stops reading closes the source', async () => {
    let isClosed = false;
    async function* source() {
      try {
        for (;;) yield randomBytes(100_000);
      } finally {
        isClosed = true;
      }
    }
    const encrypter = (await encrypterFor({ recipients: [RECIPIENT] })) as Encrypter;
    for await (const _chunk of encrypt(encrypter, source())) break;
    await expect.poll(() => isClosed).toBe(true);
  });

  test('no more is read than is needed', async () => {
    let read = 0;
    async function* source() {
      for (;;) {
        read += 65_536;
        yield randomBytes(65_536);
      }
    }
    const encrypter = (await encrypterFor({ recipients: [RECIPIENT] })) as Encrypter;
    let written = 0;
    for await (const chunk of encrypt(encrypter, source())) {
      written += chunk.length;
      expect(read - written).toBeLessThan(1_000_000);
      if (written > 5_000_000) break;
    }
  });
});

test('a decryption that fails never ends the process', async () => {
  await using temp = await filled();
  await temp.write({ 'big.json': randomBytes(1_000_000) });
  const { path } = await temp.backups.createBackup({ recipients: [RECIPIENT] });
  const archive = await readFile(path);
  const spoilt = [
    archive.subarray(0, 500_000),
    changedAt(archive, 700_000),
    archive.subarray(0, 90),
  ];
  for (const [index, bytes] of spoilt.entries()) {
    await writeFile(join(temp.backupDir, `2020010${index + 1}T000000Z.tar.gz.age`), bytes);
  }
  const url = new URL('support/verify-all.ts', import.meta.url);
  const args = [temp.backupDir, IDENTITY];
  expect(JSON.parse(await runTypeScript(url, { args }))).toEqual([
    'verified',
    'BACKUP_DAMAGED',
    'BACKUP_DAMAGED',
    'BACKUP_DAMAGED',
  ]);
});

async function filled(): Promise<TempStore> {
  const temp = await tempStore();
  await temp.write(FILES);
  return temp;
}

/** An archive encrypted by the library itself; a passphrase by little work, so that it takes no second. */
async function encrypted(
  archive: Buffer,
  { passphrase }: { passphrase?: string } = {},
): Promise<Buffer> {
  const encrypter = new Encrypter();
  if (passphrase === undefined) encrypter.addRecipient(RECIPIENT);
  else {
    encrypter.setPassphrase(passphrase);
    encrypter.setScryptWorkFactor(8);
  }
  return Buffer.from(await encrypter.encrypt(archive));
}

async function* pieces(content: Buffer): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < content.length; start += 7_001) {
    yield content.subarray(start, start + 7_001);
  }
}

function changedAt(bytes: Buffer, offset: number): Buffer {
  const changed = Buffer.from(bytes);
  changed[offset] = (changed[offset] ?? 0) ^ 1;
  return changed;
}

function works(command: string, ...args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

test('a secret key given for a public one is refused, and shown to nobody', async () => {
  const error: unknown = await encrypterFor({ recipients: [IDENTITY] }).catch(
    (thrown: unknown) => thrown,
  );
  expect(String(error)).toMatch(/no age recipient/);
  expect(inspect(error, { depth: 5 })).not.toContain(IDENTITY.slice(16, 40));
});
