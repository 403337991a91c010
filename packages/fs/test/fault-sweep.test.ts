import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tempDirectory } from '@tgstore/testkit';
import { describe, expect, test } from 'vitest';
import { type AtomicWriteOptions, atomicWrite } from '../src/index.ts';
import { codesOf, failing, leftOvers } from './support/watched.ts';

// Each call of a write fails in turn: once, and from then on for ever.

const CODES = ['EIO', 'ENOSPC', 'EACCES', 'EMFILE', 'EROFS'];
const OLD = `old ${'o'.repeat(300_000)}`;
const NEW = `new ${'n'.repeat(500_000)}`;

// A mode that needs a chmod under the usual umask, so that this call is among those that fail
const WRITES: [title: string, old: string | undefined, options: AtomicWriteOptions][] = [
  ['replacing a file', OLD, { mode: 0o666 }],
  ['making a file', undefined, { mode: 0o666 }],
  ['making a file with exclusive', undefined, { mode: 0o666, exclusive: true }],
  ['replacing a file with relaxed', OLD, { durability: 'relaxed' }],
];

describe.each(WRITES)('%s', (_, old, options) => {
  test.each(CODES)('leaves one whole file whichever call fails with %s', async (code) => {
    const calls = await sweep(old, options, code, false);
    expect(calls).toBeGreaterThan(6);
  });

  test.each(CODES)(
    'leaves one whole file when all calls from any on fail with %s',
    async (code) => {
      const calls = await sweep(old, options, code, true);
      expect(calls).toBeGreaterThan(6);
    },
  );
});

/** Returns how many calls could fail. */
async function sweep(
  old: string | undefined,
  options: AtomicWriteOptions,
  code: string,
  forEver: boolean,
): Promise<number> {
  for (let at = 1; ; at++) {
    await using dir = await tempDirectory();
    const path = join(dir.path, 'chat.json');
    if (old !== undefined) await atomicWrite(path, old, { durability: 'relaxed' });

    const { fileSystem, calls, openHandles } = failing(code, at, forEver);
    const error = await atomicWrite(path, NEW, { ...options, fileSystem }).catch((e) => e);
    const where = `call ${at} of ${calls.join(', ')}`;
    expect(openHandles(), where).toBe(0);
    if (calls.length < at) {
      expect(error).toBeUndefined();
      return at - 1;
    }

    const published = calls.slice(0, at - 1).some((call) => /^(rename|link)/.test(call));
    expect(codesOf(error), where).toContain(code);
    expect(codesOf(error).includes('FS_UNCONFIRMED'), where).toBe(published);
    expect(await readIfThere(path), where).toBe(published ? NEW : old);
    const unlinkFailed = forEver && calls.slice(at - 1).some((call) => call.startsWith('unlink'));
    expect(await leftOvers(dir.path), where).toHaveLength(unlinkFailed ? 1 : 0);

    const again = atomicWrite(path, NEW, options);
    if (options.exclusive && published) await expect(again).rejects.toThrow('EEXIST');
    else await again;
    expect(await readIfThere(path), where).toBe(NEW);
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
