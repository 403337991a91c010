import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tempDirectory } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { inspectLocks } from '../src/index.ts';
import { Remote } from './support/process-remote.ts';

const PATHS = Number(process.env.TGSTORE_PATHS ?? 2000);
const PROCESSES = 4;
const QUEUES = 16;

test(
  `${PATHS} paths that were locked once leave ${QUEUES} small queues and nothing else`,
  async () => {
    await using directory = await tempDirectory();
    const locks = join(directory.path, '.locks');
    const remotes = await Remote.startMany(PROCESSES);
    const paths = Array.from({ length: PATHS }, (_, index) => join(directory.path, `x${index}`));
    const shares = remotes.map((remote, which) =>
      remote.call(
        'lockEach',
        paths.filter((_path, index) => index % PROCESSES === which),
        locks,
      ),
    );
    await Promise.all(shares);
    expect(await inspectLocks(locks)).toEqual([]);
    await Promise.all(remotes.map((remote) => remote.end()));

    const queues = await readdir(locks);
    const counts = await Promise.all(
      queues.map(async (name) => (await readdir(join(locks, name))).length),
    );
    const files = counts.reduce((sum, count) => sum + count, 0);
    process.stderr.write(
      `${PATHS} paths left ${queues.length} queues with ${files} files, ${Math.max(...counts)} at most\n`,
    );
    expect(queues.every((name) => /^v1-[0-9a-f]{2}$/.test(name))).toBe(true);
    expect(queues.length).toBeLessThanOrEqual(QUEUES);
    // the tail, the last ticket, and the gate where it was needed
    expect(Math.max(...counts)).toBeLessThanOrEqual(3);
  },
  60_000 + PATHS * 10,
);

test('what killed processes leave is removed by the next one', async () => {
  await using directory = await tempDirectory();
  const locks = join(directory.path, '.locks');
  const path = join(directory.path, 'x');
  for (let kills = 0; kills < 5; kills += 1) {
    await using remote = await Remote.start();
    await remote.call('acquire', path);
    await remote.call('beginToWait', join(directory.path, 'y'), { shared: true });
    await remote.kill();
  }
  await leaveUndrawn(locks);
  const remote = await Remote.start();
  await remote.call('lockEach', [path, join(directory.path, 'y')], locks);
  await remote.call('lockEach', [path, join(directory.path, 'y')], locks);
  await remote.end();
  for (const name of await readdir(locks)) {
    expect((await readdir(join(locks, name))).length, name).toBeLessThanOrEqual(3);
  }
});

/** Adds what processes leave that are killed right before their ticket is drawn, and right after the next one is. */
async function leaveUndrawn(locks: string): Promise<void> {
  const names = await readdir(locks, { recursive: true });
  const place = names.find((name) => /ticket\.[^/]+$/.test(name)) ?? 'none was left';
  const text = await readFile(join(locks, place), 'utf8');
  const { id } = JSON.parse(text) as { id: string };
  for (let count = 0; count < 5; count += 1) {
    const other =
      id.slice(0, -1) + ((Number.parseInt(id.slice(-1), 16) + 1 + count) % 16).toString(16);
    await writeFile(join(locks, place.replace(id, other)), text.replaceAll(id, other));
    await writeFile(join(locks, place.replace(`ticket.${id}`, `spent.${other}`)), '');
  }
}
