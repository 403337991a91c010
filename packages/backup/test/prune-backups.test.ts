import { type ChildProcess, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { link, mkdir, readdir, readFile, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryName } from '@tgstore/fs';
import { announceSeed, createRandom, startTypeScript } from '@tgstore/testkit';
import { describe, expect, test, vi } from 'vitest';
import type { PruneOptions } from '../src/index.ts';
import { callsOf, whileGated } from './support/gate.ts';
import { START, type TempStore, tempStore } from './support/store.ts';
import { treeOf } from './support/tree.ts';

vi.mock('node:fs/promises', async (original) =>
  (await import('./support/gate.ts')).gated(await original<object>()),
);

const HOUR = 60 * 60 * 1000;

test('five automatic backups stay where nothing else is said, and of the others nothing', async () => {
  await using temp = await tempStore();
  const ids = await filled(temp, 8);
  const decisions = await temp.backups.pruneBackups();
  expect(decisions.map(({ keep }) => keep)).toEqual([1, 1, 1, 1, 1, 0, 0, 0].map(Boolean));
  expect(decisions.map(({ backup }) => backup.id)).toEqual(ids);
  const files = ids.slice(0, 5).flatMap((id) => [`${id}.manifest.json`, `${id}.tar.gz`]);
  expect((await readdir(temp.backupDir)).sort()).toEqual(files.sort());
  for (const id of ids.slice(0, 5)) await temp.backups.verifyBackup(id);
});

test.each([
  [{ maxBackups: 2 }, {}, 2],
  [{ maxBackups: 0 }, {}, 1],
  [{ maxBackups: 2 }, { keepLast: 3 }, 3],
  [{ maxBackups: 2 }, { keepLast: 0 }, 1],
  [{ maxBackups: 2 }, { keepDaily: 9 }, 1],
  [{ maxBackups: 2 }, { keepLast: undefined }, 2],
])('%j and %j keep %s', async (options, rules, kept) => {
  await using temp = await tempStore(options);
  const ids = await filled(temp, 4);
  await temp.backups.pruneBackups(rules as PruneOptions);
  const { backups } = await temp.backups.listBackups();
  expect(backups.map(({ id }) => id)).toEqual(ids.slice(0, kept));
});

test('a dry run decides the same, and removes nothing', async () => {
  const random = createRandom(announceSeed());
  for (let round = 0; round < 10; round++) {
    await using temp = await tempStore();
    await filled(temp, random.int(1, 8), () => random.pick([undefined, undefined, 'x']));
    const rules = {
      keepLast: random.int(0, 3),
      keepDaily: random.int(0, 3),
      keepMonthly: random.int(0, 1),
    };
    const before = treeOf(temp.root);
    const dry = await temp.backups.pruneBackups({ ...rules, dryRun: true });
    expect(treeOf(temp.root)).toEqual(before);
    expect(await temp.backups.pruneBackups(rules)).toEqual(dry);
    const { backups } = await temp.backups.listBackups();
    expect(backups).toEqual(dry.filter(({ keep }) => keep).map(({ backup }) => backup));
    // and to prune once more removes no more
    const again = await temp.backups.pruneBackups(rules);
    expect(again.every(({ keep }) => keep)).toBe(true);
  }
});

test('tagged, unverified and future backups stay', async () => {
  await using temp = await tempStore();
  const tags = [undefined, 'pre-restore', 'x', undefined, undefined];
  const ids = await filled(temp, 5, (index) => tags[index]);
  execFileSync('rm', [join(temp.backupDir, `${ids[3]}.manifest.json`)]);
  const now = temp.time;
  temp.time += 24 * HOUR;
  const { id: future } = await temp.backups.createBackup();
  temp.time = now;
  const decisions = await temp.backups.pruneBackups({ keepLast: 1 });
  expect(decisions.map(({ backup, reasons }) => [backup.id, reasons.join(', ')])).toEqual([
    [future, 'from the future'],
    [ids[0], 'newest verified, last'],
    [ids[1], 'tag pre-restore'],
    [ids[2], 'tag x'],
    [ids[3], 'not verified'],
    [ids[4], ''],
  ]);
});

test('times are those of the archives, not of their files', async () => {
  await using temp = await tempStore();
  const ids = await filled(temp, 3);
  for (const [index, id] of ids.entries()) {
    await utimes(join(temp.backupDir, `${id}.tar.gz`), index * 1000, index * 1000);
  }
  await temp.backups.pruneBackups({ keepLast: 1 });
  const { backups } = await temp.backups.listBackups();
  expect(backups.map(({ id }) => id)).toEqual(ids.slice(0, 1));
});

test('what is foreign is left alone', async () => {
  await using temp = await tempStore();
  await filled(temp, 2);
  const at = (name: string) => join(temp.backupDir, name);
  await writeFile(at('notes.txt'), 'x');
  await writeFile(at('20200101T000000Z.tar.gz.part'), 'x');
  await writeFile(at('20200102T000000Z.manifest.json'), 'x');
  await mkdir(at('20200103T000000Z.tar.gz'));
  await symlink(at('notes.txt'), at('20200104T000000Z.tar.gz'));
  await writeFile(at(temporaryName()), 'being written');
  const foreign = () => treeOf(temp.backupDir).filter((line) => !line.startsWith('2026'));
  const before = foreign();
  expect(before).toHaveLength(6);
  await temp.backups.pruneBackups({ keepLast: 0 });
  expect(foreign()).toEqual(before);
});

test('of a directory that is missing, or empty, nothing is decided', async () => {
  await using temp = await tempStore();
  expect(await temp.backups.pruneBackups()).toEqual([]);
  await mkdir(temp.backupDir);
  expect(await temp.backups.pruneBackups({ keepLast: 1 })).toEqual([]);
});

test('a backup whose sidecar says nonsense of its time stays', async () => {
  await using temp = await tempStore();
  const ids = await filled(temp, 2);
  for (const id of ids) {
    const path = join(temp.backupDir, `${id}.manifest.json`);
    const sidecar = JSON.parse(await readFile(path, 'utf8'));
    await writeFile(path, JSON.stringify({ ...sidecar, created_at: 'yesterday' }));
  }
  const decisions = await temp.backups.pruneBackups({ keepLast: 0, keepWeekly: 1 });
  expect(decisions.map(({ reasons }) => reasons)).toEqual([['not verified'], ['not verified']]);
});

test('the oldest goes first, each before what stands beside it, and the directory is synced', async () => {
  await using temp = await tempStore();
  const ids = await filled(temp, 3);
  const calls = await callsOf(() => temp.backups.pruneBackups({ keepLast: 1 }));
  expect(calls.slice(calls.findIndex((call) => call.startsWith('unlink')))).toEqual([
    `unlink ${ids[2]}.tar.gz`,
    `unlink ${ids[2]}.manifest.json`,
    `lstat ${ids[1]}.tar.gz`,
    `unlink ${ids[1]}.tar.gz`,
    `unlink ${ids[1]}.manifest.json`,
    'open backups r',
    'handle.sync',
    'handle.close',
  ]);
});

test('what somebody else removes meanwhile is no failure', async () => {
  await using temp = await tempStore();
  const ids = await filled(temp, 3);
  const gate = (call: string) => {
    if (call.startsWith('unlink')) execFileSync('rm', ['-f', join(temp.backupDir, call.slice(7))]);
  };
  await whileGated(gate, () => temp.backups.pruneBackups({ keepLast: 1 }));
  const { backups } = await temp.backups.listBackups();
  expect(backups.map(({ id }) => id)).toEqual(ids.slice(0, 1));
});

test('what could be removed in part only is not kept for ever', async () => {
  for (const name of ['tar.gz', 'manifest.json']) {
    await using temp = await tempStore();
    const ids = await filled(temp, 3);
    const gate = (call: string) => {
      if (call === `unlink ${ids[1]}.${name}`)
        throw Object.assign(new Error('no'), { code: 'EIO' });
    };
    const pruning = whileGated(gate, () => temp.backups.pruneBackups({ keepLast: 1 }));
    await expect(pruning).rejects.toMatchObject({ code: 'EIO' });
    await temp.backups.pruneBackups({ keepLast: 1 });
    const { backups } = await temp.backups.listBackups();
    expect(backups.map(({ id }) => id)).toEqual(ids.slice(0, 1));
  }
});

test('other failures pass through, and what was older is gone by then', async () => {
  await using temp = await tempStore();
  const ids = await filled(temp, 4);
  const gate = (call: string) => {
    if (call === `unlink ${ids[2]}.tar.gz`) throw Object.assign(new Error('no'), { code: 'EIO' });
  };
  const pruning = whileGated(gate, () => temp.backups.pruneBackups({ keepLast: 1 }));
  await expect(pruning).rejects.toMatchObject({ code: 'EIO' });
  const { backups } = await temp.backups.listBackups();
  expect(backups.map(({ id }) => id)).toEqual(ids.slice(0, 3));
});

test.each([
  { keepLast: -1 },
  { keepLast: 1.5 },
  { keepDaily: Number.NaN },
  { keepWeekly: Infinity },
  { keepMonthly: '3' as never },
  { keepLast: 1, keepMonthly: null as never },
])('%j is a TypeError, and nothing goes', async (rules) => {
  await using temp = await tempStore();
  await filled(temp, 2);
  const before = treeOf(temp.root);
  await expect(temp.backups.pruneBackups(rules)).rejects.toThrow(TypeError);
  expect(treeOf(temp.root)).toEqual(before);
});

describe('a backup in use', () => {
  test('stays while it has a second name, however old it is', async () => {
    await using temp = await tempStore();
    const ids = await filled(temp, 2);
    const old = join(temp.backupDir, `${ids[1]}.tar.gz`);
    await utimes(old, 1, 1);
    await link(old, join(temp.backupDir, temporaryName()));
    for (const dryRun of [true, false]) {
      const decisions = await temp.backups.pruneBackups({ keepLast: 1, dryRun });
      expect(decisions[1]).toMatchObject({ keep: true, reasons: ['in use'] });
    }
    await temp.backups.verifyBackup(ids[1] ?? '');
  });

  test.each(['verify', 'restore'])(
    'by another process that is within %s stays, and goes when that was killed',
    async (what) => {
      await using temp = await tempStore();
      await temp.write({ 'a.json': 'x', 'b.json': 'y' });
      const ids = await filled(temp, 2);
      const id = ids[1] ?? '';
      await utimes(join(temp.backupDir, `${id}.tar.gz`), 1, 1);
      const args = [temp.store, temp.backupDir, what, id];
      const child = startTypeScript(new URL('support/hold-backup.ts', import.meta.url), { args });
      try {
        await once(child.stdout ?? child, 'data');
        const decisions = await temp.backups.pruneBackups({ keepLast: 1 });
        expect(decisions[1]).toMatchObject({ keep: true, reasons: ['in use'] });
        expect(await readdir(temp.backupDir)).toContain(`${id}.tar.gz`);
      } finally {
        await kill(child);
      }
      const decisions = await temp.backups.pruneBackups({ keepLast: 1 });
      expect(decisions[1]).toMatchObject({ keep: false, reasons: [] });
      expect(await readdir(temp.backupDir)).toHaveLength(2);
    },
  );

  test('that is kept anyhow has the reasons of its rules', async () => {
    await using temp = await tempStore();
    const ids = await filled(temp, 1);
    await link(join(temp.backupDir, `${ids[0]}.tar.gz`), join(temp.backupDir, temporaryName()));
    const [decision] = await temp.backups.pruneBackups({ keepLast: 1 });
    expect(decision?.reasons).toEqual(['newest verified', 'last']);
  });
});

/** Makes so many backups, an hour apart, and gives their ids, newest first. */
async function filled(
  temp: TempStore,
  count: number,
  tagOf: (index: number) => string | undefined = () => undefined,
): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index++) {
    temp.time = START + (count - index) * HOUR;
    ids.push((await temp.backups.createBackup({ tag: tagOf(index) })).id);
  }
  temp.time = START + count * HOUR;
  return ids;
}

async function kill(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
