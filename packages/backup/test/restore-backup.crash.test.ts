import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { announceSeed, createRandom, startTypeScript } from '@tgstore/testkit';
import { expect, test, vi } from 'vitest';
import { asIfKilled } from './support/as-if-killed.ts';
import { killedAt } from './support/gate.ts';
import { type TempStore, tempStore } from './support/store.ts';
import { unpacked } from './support/tar.ts';
import { filesOf, leftOvers } from './support/tree.ts';

vi.mock('node:fs/promises', async (original) =>
  (await import('./support/gate.ts')).gated(await original<object>()),
);

const ID = '20261123T014500Z';

test('killed at any change of the disk, once or twice, and run again it ends the same', async () => {
  const random = createRandom(announceSeed());
  const killed: string[] = [];
  const files = ['a', 'b'];
  for (let n = 1; ; n++) {
    await using temp = await changed(files);
    const call = await killedAt(n, () => temp.backups.restoreBackup(ID, { overwrite: true }));
    if (call === undefined) break;
    killed.push(call);
    assertWhole(temp, files, call);
    asIfKilled(temp.root);
    // and sometimes once more, somewhere
    if (random.chance(0.3)) {
      const at = random.int(1, 40);
      await killedAt(at, () => temp.backups.restoreBackup(ID, { overwrite: true }));
      assertWhole(temp, files, call);
      asIfKilled(temp.root);
    }
    await temp.backups.restoreBackup(ID, { overwrite: true });
    await assertRestored(temp, files, call);
  }
  // each step of it was hit
  for (const step of [
    /^mkdir replaced/,
    /^handle\.write/,
    /^link a\.json a\.json/,
    /^rename <temporary> a\.json/,
    /^rename <temporary> b\.json/,
    /^link <temporary> .*_pre-restore\.tar\.gz/,
    /^unlink a\.json/,
    /^rmdir replaced/,
  ]) {
    expect(
      killed.some((call) => step.test(call)),
      `${step}`,
    ).toBe(true);
  }
});

test('killed at any change of the disk, without overwrite too', async () => {
  for (let n = 1; ; n += 3) {
    await using temp = await changed(['a']);
    execFileSync('rm', [join(temp.store, 'a.json')]);
    await temp.write({ 'mine.json': 'mine' });
    const call = await killedAt(n, () => temp.backups.restoreBackup(ID));
    if (call === undefined) break;
    asIfKilled(temp.root);
    await temp.backups.restoreBackup(ID);
    expect(filesOf(temp.store), call).toEqual({ 'a.json': 'old a', 'mine.json': 'mine' });
    expect(await readdir(temp.store)).toEqual(['a.json', 'mine.json']);
    expect((await temp.backups.listBackups()).backups).toHaveLength(1);
  }
});

const KILLS = 6;
const LANES = 2;

test(`after each of ${KILLS} kills of a process it ends the same when it is run again`, {
  timeout: 120_000,
}, async () => {
  const random = createRandom(announceSeed());
  const pauses = Array.from({ length: KILLS }, () => random.next() ** 2 * 400);
  const files = Array.from({ length: 60 }, (_, index) => `${index}`);
  const lane = async (index: number): Promise<number> => {
    let interrupted = 0;
    for (let kill = index; kill < KILLS; kill += LANES) {
      await using temp = await changed(files);
      if (await killProcess(temp, pauses[kill] ?? 0)) interrupted += 1;
      assertWhole(temp, files, `kill ${kill}`);
      await temp.backups.restoreBackup(ID, { overwrite: true });
      await assertRestored(temp, files, `kill ${kill}`);
    }
    return interrupted;
  };
  const lanes = await Promise.all(Array.from({ length: LANES }, (_, index) => lane(index)));
  const interrupted = lanes.reduce((sum, count) => sum + count, 0);
  process.stderr.write(`${interrupted} of ${KILLS} kills interrupted it\n`);
  // otherwise nothing was tested
  expect(interrupted).toBeGreaterThan(0);
});

/** Whether it was killed before it was done. */
async function killProcess({ store, backupDir }: TempStore, pauseMs: number): Promise<boolean> {
  const url = new URL('support/restore-and-say.ts', import.meta.url);
  const child = startTypeScript(url, { args: [store, backupDir, ID] });
  let said = '';
  child.stdout?.on('data', (data) => {
    said += data;
  });
  const exited = once(child, 'exit');
  await Promise.race([once(child.stdout ?? child, 'data'), exited]);
  await sleep(pauseMs);
  child.kill('SIGKILL');
  await exited;
  return said === 'begun';
}

/** A store that was backed up, and of which each file was changed since. */
async function changed(names: readonly string[]): Promise<TempStore> {
  const temp = await tempStore();
  const write = async (state: string) =>
    await temp.write(Object.fromEntries(names.map((name) => [`${name}.json`, `${state} ${name}`])));
  await write('old');
  await temp.backups.createBackup();
  await write('new');
  return temp;
}

/** At no instant is a file absent or half, and what was replaced is somewhere. */
function assertWhole({ store }: TempStore, names: readonly string[], where: string): void {
  const files = filesOf(store);
  for (const name of names) {
    expect([`old ${name}`, `new ${name}`], where).toContain(files[`${name}.json`]);
  }
  const visible = Object.keys(files).filter((name) => !name.startsWith('.'));
  expect(visible, where).toHaveLength(names.length);
}

/** The files are those of the backup, all that was replaced is in other ones, and nothing else is left. */
async function assertRestored(
  temp: TempStore,
  names: readonly string[],
  where: string,
): Promise<void> {
  expect(filesOf(temp.store), where).toEqual(
    Object.fromEntries(names.map((name) => [`${name}.json`, `old ${name}`]).sort()),
  );
  expect(existsSync(join(temp.store, '.restore')), where).toBe(false);
  const kept = new Set<string>();
  for (const { id, path, tag } of (await temp.backups.listBackups()).backups) {
    await temp.backups.verifyBackup(id);
    if (tag !== 'pre-restore') continue;
    for (const content of Object.values(unpacked(await readFile(path)))) kept.add(content);
  }
  for (const name of names) expect(kept, where).toContain(`new ${name}`);
  await temp.backups.pruneBackups();
  expect(leftOvers(temp.root), where).toEqual([]);
}
