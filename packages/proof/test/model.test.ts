import { expect, test } from 'vitest';
import { checkModel, model } from '../src/model/proof.ts';
import { type Plant, plantFlags } from '../src/plant.ts';
import { seed } from './support/seed.ts';

const quietly = { seed, report: () => {} };

for (const { what, run } of model.checks) {
  test(`a slice of ${what} has no violations`, async () => {
    const { violations, tried } = await run({ ...quietly, scale: 0.002 });
    expect(violations).toEqual([]);
    expect(tried).toBeGreaterThan(10);
  });
}

const STORE_DIRECTORY = 'core/src/store-directory.ts';
const CLAIMS = 'core/src/claims.ts';

const HISTORIES: Record<string, [Plant, RegExp]> = {
  'the lock is left out': [
    {
      file: STORE_DIRECTORY,
      replace: 'return await this.#guard(id, operation, change);',
      by: 'return await change({ assertHeld: () => {} });',
    },
    /no order of these fits|in the hands of|ENOENT|EEXIST/,
  ],
  'what changed while it was processed is marked all the same': [
    {
      file: CLAIMS,
      replace: 'if (await isStill(store, found, file, version)) {',
      by: 'if (found) {',
    },
    /no order of these fits/,
  ],
  'who has a conversation in hand is not asked': [
    {
      file: CLAIMS,
      replace: "if (other && !(await isVoid(store, other))) return 'claimed';",
      by: '',
    },
    /is in the hands of|no order of these fits/,
  ],
};

const CONVERSATIONS: Record<string, [Plant, RegExp]> = {
  'ids of any length are taken': [
    {
      file: 'packages/core/src/layout.ts',
      replace: 'const MAX_ENCODED_LENGTH = 200;',
      by: 'const MAX_ENCODED_LENGTH = 20_000;',
    },
    /: left .*_unprocessed\.json/,
  ],
  'lone surrogates are ids': [
    {
      file: 'packages/core/src/layout.ts',
      replace: "const encoded = isWellFormed(id) ? encode(id) : '';",
      by: 'const encoded = encode(id);',
    },
    /: STORE_|left|undefined|chats/,
  ],
};

for (const [what, [patch, found]] of Object.entries(HISTORIES)) {
  test(`turns red where ${what}`, async () => {
    const flags = plantFlags([patch]);
    const options = { ...quietly, seed: 1, flags, stopAfter: 1, count: 600 };
    const { violations } = await checkModel('histories', options);
    expect(violations.join('\n')).toMatch(found);
  });
}

for (const [what, [patch, found]] of Object.entries(CONVERSATIONS)) {
  test(`turns red where ${what}`, async () => {
    const options = { ...quietly, seed: 1, flags: plantFlags([patch]), stopAfter: 1, count: 100 };
    const { violations } = await checkModel('conversations', options);
    expect(violations.join('\n')).toMatch(found);
  });
}
