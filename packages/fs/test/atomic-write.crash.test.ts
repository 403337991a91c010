import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { announceSeed, createRandom, startTypeScript, tempDirectory } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { atomicWrite, sweepTemporaryFiles } from '../src/index.ts';
import { contents } from './support/contents.ts';
import { leftOvers } from './support/watched.ts';

const KILLS = 60;
const LANES = 4;

test(`after each of ${KILLS} kills the file is whole, and what was left is swept`, {
  timeout: 300_000,
}, async () => {
  const random = createRandom(announceSeed());
  const pauses = Array.from({ length: KILLS }, () => random.next() * 60);
  const lane = async (index: number) => {
    let left = 0;
    for (let kill = index; kill < KILLS; kill += LANES) {
      left += await killOne(pauses[kill] ?? 0, kill % 3 === 0 ? 'relaxed' : 'full');
    }
    return left;
  };
  const lanes = await Promise.all(Array.from({ length: LANES }, (_, index) => lane(index)));
  const left = lanes.reduce((sum, count) => sum + count, 0);
  process.stderr.write(`${left} of ${KILLS} kills left a temporary file\n`);
  // Otherwise no kill fell into a write, and nothing was tested
  expect(left).toBeGreaterThan(0);
});

/** Returns how many temporary files the kill left. */
async function killOne(pauseMs: number, durability: string): Promise<number> {
  await using dir = await tempDirectory();
  const path = join(dir.path, 'chat.json');
  const child = startTypeScript(new URL('support/overwrite-forever.ts', import.meta.url), {
    args: [path, durability],
  });
  const exited = once(child, 'exit');
  const started = await Promise.race([once(child.stdout ?? child, 'data'), exited]);
  expect(String(started[0])).toBe('started');
  await sleep(pauseMs);
  child.kill('SIGKILL');
  const [, signal] = await exited;
  expect(signal).toBe('SIGKILL');

  expect(contents.includes((await readFile(path, 'utf8')) as never)).toBe(true);
  const left = await leftOvers(dir.path);
  expect(await sweepTemporaryFiles(dir.path)).toEqual(left);
  expect(await readdir(dir.path)).toEqual(['chat.json']);
  await atomicWrite(path, 'next', { durability: 'relaxed' });
  return left.length;
}
