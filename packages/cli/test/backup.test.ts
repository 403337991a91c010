import { execFileSync } from 'node:child_process';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tempDirectory } from '@tgstore/testkit';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { expect, test } from 'vitest';
import { account, chat, toText } from './support/exports.ts';
import { run } from './support/run.ts';

const ID = /\d{8}T\d{6}Z_manual/;

/** A working directory with a store of two conversations, 100 (three messages) and 200, and a way to run commands on it. */
async function tempFilledStore() {
  const directory = await tempDirectory();
  const cwd = directory.path;
  const env = { TGSTORE_DIR: 's' };
  const chats = account(
    chat([{ id: 1 }, { id: 2 }, { id: 3 }]),
    chat([{ id: 1 }], { id: 200, name: 'Bob' }),
  );
  await run(['import', '-'], { cwd, env, stdin: toText(chats) });
  return {
    cwd,
    path: join(cwd, 's'),
    run: async (...args: string[]) => await run(args, { cwd, env }),
    /** Makes a backup and returns its id. */
    async backUp(...args: string[]): Promise<string> {
      const { stdout } = await run(['backup', 'create', ...args], { cwd, env });
      return ID.exec(stdout)?.[0] ?? '';
    },
    [Symbol.asyncDispose]: async () => await directory[Symbol.asyncDispose](),
  };
}

test('create makes an archive that tar opens, and says what is in it', async () => {
  await using store = await tempFilledStore();
  const { status, stdout, stderr } = await store.run('backup', 'create', '--tag', 'pre-update');
  expect(stdout).toMatch(
    /^OK {2}\d{8}T\d{6}Z_pre-update · 2 conversations · 4 messages · \d+ B · \d+\.\d s\n$/,
  );
  expect([status, stderr]).toEqual([0, '']);
  const [archive = ''] = (await readdir(join(store.path, 'backups'))).filter((name) =>
    name.endsWith('.gz'),
  );
  const listing = execFileSync('tar', ['-tzf', join(store.path, 'backups', archive)]).toString();
  expect(listing).toBe('100_unprocessed.json\n200_unprocessed.json\nmanifest.json\n');
});

test('create --dry-run writes nothing, a bad tag and a missing store are refused', async () => {
  await using store = await tempFilledStore();
  const dry = await store.run('backup', 'create', '--dry-run');
  expect(dry.stdout).toBe('OK  2 conversations would be archived\n');
  const bad = await store.run('backup', 'create', '--tag', '../x');
  expect(bad.stderr).toMatch(/^BACKUP_INVALID_TAG {2}"\.\.\/x" can't be a tag/);
  expect(bad.status).toBe(1);
  const missing = await store.run('backup', 'create', '--store', 'nowhere');
  expect(missing.stderr).toMatch(/^STORE_NOT_A_STORE/);
  expect(missing.status).toBe(10);
  expect(await readdir(store.cwd)).toEqual(['s']);
  expect(await readdir(store.path)).not.toContain('backups');
});

test('list shows the newest first and names what is no backup', async () => {
  await using store = await tempFilledStore();
  expect((await store.run('backup', 'list')).stderr).toMatch(/^No backups in .*backups\n$/);
  const id = await store.backUp();
  await store.run('backup', 'create', '--automatic');
  await writeFile(join(store.path, 'backups', 'notes.txt'), '');
  const { stdout, stderr } = await store.run('backup', 'list');
  const [heading, automatic, manual] = stdout.split('\n');
  expect(heading).toMatch(/^BACKUP +CONVERSATIONS +MESSAGES +SIZE +VERIFIED$/);
  expect(automatic).toMatch(/^\d{8}T\d{6}Z +2 +4 +\d+ B +\d{4}-\d\d-\d\d \d\d:\d\d$/);
  expect(manual).toMatch(new RegExp(`^${id} `));
  expect(stderr).toBe('note  no backups, left alone: notes.txt\n');
  const json = JSON.parse((await store.run('backup', 'list', '--json')).stdout);
  expect(json).toMatchObject({
    backups: [{ counts: { files: 2, messages: 4 } }, { id }],
    foreign: ['notes.txt'],
  });
});

test('verify reads one by its prefix or all, and finds a changed byte with 12', async () => {
  await using store = await tempFilledStore();
  const id = await store.backUp();
  const one = await store.run('backup', 'verify', id.slice(0, 8));
  expect(one.stdout).toMatch(new RegExp(`^OK {2}${id} · 2 conversations`));
  expect((await store.run('backup', 'verify', '--all')).stdout).toMatch(one.stdout.slice(0, 40));
  expect((await store.run('backup', 'verify')).status).toBe(2);
  const path = join(store.path, 'backups', `${id}.tar.gz`);
  const bytes = await readFile(path);
  bytes[bytes.length >> 1] = 255 - (bytes[bytes.length >> 1] ?? 0);
  await writeFile(path, bytes);
  const broken = await store.run('backup', 'verify', '--all');
  expect(broken.stderr).toMatch(/^BACKUP_DAMAGED {2}.*_manual\.tar\.gz is damaged/);
  expect(broken.stdout).toMatch(/^PROBLEMS {2}0 backups · 1 failed/);
  expect(broken.status).toBe(12);
  const restore = await store.run('backup', 'restore', id, '--overwrite');
  expect([restore.status, restore.stderr.slice(0, 14)]).toEqual([12, 'BACKUP_DAMAGED']);
});

test('restore says what it did, leaves what differs with 3, and replaces it with --overwrite', async () => {
  await using store = await tempFilledStore();
  const id = await store.backUp();
  await rm(join(store.path, '200_unprocessed.json'));
  await store.run('mark', '--processed', '100');
  const dry = await store.run('backup', 'restore', id, '--dry-run');
  expect(dry.stdout).toMatch(/^PARTLY {2}1 conversation would be restored · 1 left/m);
  expect(await readdir(store.path)).not.toContain('200_unprocessed.json');
  const kept = await store.run('backup', 'restore', id);
  expect(kept.stdout).toMatch(
    /^100 +left as it is: .*\n200 +restored\nPARTLY {2}1 conversation restored · 1 left, --overwrite/m,
  );
  expect(kept.status).toBe(3);
  const replaced = await store.run('backup', 'restore', id, '100', '--overwrite', '--json');
  expect(JSON.parse(replaced.stdout)).toMatchObject({
    backup: id,
    conversations: [{ conversation_id: '100', result: 'replaced' }],
  });
  expect(replaced.status).toBe(0);
  expect(await readdir(store.path)).toContain('100_unprocessed.json');
  const elsewhere = await store.run('backup', 'restore', id, '--to', 'other');
  expect(elsewhere.stdout).toMatch(/^OK {2}2 conversations restored/m);
  expect((await store.run('stats', '--store', 'other', '--json')).status).toBe(0);
});

test('what a restore replaces is in a backup of its own', async () => {
  await using store = await tempFilledStore();
  const id = await store.backUp();
  await run(['import', '-', '--store', 's'], { cwd: store.cwd, stdin: toText(chat([{ id: 4 }])) });
  const { stdout } = await store.run('backup', 'restore', id, '--overwrite');
  const [, preRestore = ''] = /what was replaced is in (\S+_pre-restore)/.exec(stdout) ?? [];
  await store.run('backup', 'restore', preRestore, '--to', 'replaced');
  const shown = await store.run('show', '100', '--store', 'replaced', '--json');
  expect(JSON.parse(shown.stdout)).toMatchObject({ metadata: { message_count: 4 } });
});

test('prune says what goes and why the rest stays', async () => {
  await using store = await tempFilledStore();
  await store.backUp();
  for (let round = 0; round < 3; round += 1) await store.run('backup', 'create', '--automatic');
  const dry = await store.run('backup', 'prune', '--keep-last', '2', '--dry-run');
  expect(dry.stdout).toMatch(
    /kept: newest verified, last\n.*kept: last\n.*would go\n.*kept: tag manual\n/s,
  );
  expect(dry.stdout).toMatch(/^OK {2}1 backup would be removed \(\d+ B\) · 3 kept$/m);
  const { stdout } = await store.run('backup', 'prune', '--keep-last', '2', '--json');
  const { backups } = JSON.parse(stdout) as { backups: { keep: boolean }[] };
  expect(backups.map(({ keep }) => keep)).toEqual([true, true, false, true]);
  const list = JSON.parse((await store.run('backup', 'list', '--json')).stdout);
  expect(list.backups).toHaveLength(3);
  expect((await store.run('backup', 'prune', '--keep-last', 'few')).status).toBe(2);
});

test('encrypted backups want their key, and say so with 13', async () => {
  await using store = await tempFilledStore();
  const identity = await generateIdentity();
  const [key, other] = [join(store.cwd, 'key.txt'), join(store.cwd, 'other.txt')];
  await writeFile(key, `# made for a test\n${identity}\n`);
  await writeFile(other, `${await generateIdentity()}\n`);
  const id = await store.backUp('--recipient', await identityToRecipient(identity));
  const without = await store.run('backup', 'verify', id);
  expect([without.status, without.stderr.slice(0, 16)]).toEqual([13, 'BACKUP_NEEDS_KEY']);
  const wrong = await store.run('backup', 'restore', id, '--identity', other);
  expect([wrong.status, wrong.stderr.slice(0, 16)]).toEqual([13, 'BACKUP_WRONG_KEY']);
  expect((await store.run('backup', 'verify', id, '--identity', key)).status).toBe(0);
  await writeFile(join(store.cwd, 'pass.txt'), 'a secret\n');
  const locked = await store.backUp('--passphrase-file', 'pass.txt');
  const opened = await store.run('backup', 'verify', locked, '--passphrase-file', 'pass.txt');
  expect(opened.status).toBe(0);
});
