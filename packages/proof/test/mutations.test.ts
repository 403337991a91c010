import { expect, test } from 'vitest';
import { kinds } from '../src/mutations/kinds.ts';
import { type Watched, watchCases } from '../src/mutations/watch-cases.ts';

const seed = Number(process.env.TGSTORE_SEED ?? Date.now() % 1_000_000_007);
process.stderr.write(`seed ${seed}; again with TGSTORE_SEED=${seed}\n`);

/** How many of each kind the slice tries; what takes long for one is tried less often. */
const SLICE: Record<string, number> = { archives: 600, locks: 200, configs: 2000 };

for (const { name } of kinds) {
  test(`mutated ${name} are refused with a code or read right`, async () => {
    const cases = SLICE[name] ?? 1500;
    const found = await watchCases({ kind: name, seed, cases, dearEvery: 20, processes: 2 });
    expect(found.violations).toEqual([]);
    expect(found.tried).toBe(cases);
    expect(found.read).toBeGreaterThan(cases / 20);
  });
}

interface Plant {
  readonly kind: string;
  readonly what: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  readonly shows: RegExp;
  readonly cases?: number;
}

const PLANTS: readonly Plant[] = [
  {
    kind: 'undo records',
    what: 'the checksum of an undo record is not compared',
    file: 'fs/src/undo-record.ts',
    find: '!sha256(file.subarray(0, end)).equals(file.subarray(end))',
    replace: 'false',
    shows: /wrong checksum/,
  },
  {
    kind: 'undo records',
    what: 'a record fits a file that ends before it',
    file: 'fs/src/undo-record.ts',
    find: 'prefix.length === length && ',
    replace: '',
    shows: /bytes long/,
  },
  {
    kind: 'undo records',
    what: 'as much memory is taken as a number in a record says',
    file: 'fs/src/undo-record.ts',
    find: 'const bytes = file.subarray(HEADER_LENGTH, end);',
    replace: `const bytes = file.subarray(HEADER_LENGTH, end);
  Buffer.alloc(Math.min(Number(header.readBigUInt64LE(12)), 250_000_000), 1);`,
    shows: /MiB of memory/,
  },
  {
    kind: 'undo records',
    what: 'a number in a record keeps a loop going',
    file: 'fs/src/undo-record.ts',
    find: 'const bytes = file.subarray(HEADER_LENGTH, end);',
    replace: `const bytes = file.subarray(HEADER_LENGTH, end);
  while (Number(header.readBigUInt64LE(12)) > 2 ** 39);`,
    shows: /hangs for more than 8 s/,
  },
  {
    kind: 'change logs',
    what: 'lines of the change log are believed',
    file: 'core/src/read-changes.ts',
    find: 'return isLogged(logged) ? logged : undefined;',
    replace: 'return logged as LoggedMessage;',
    shows: /TypeError|no message/,
  },
  {
    kind: 'states',
    what: 'text that is no state is an error without a code',
    file: 'core/src/state-file.ts',
    find: `  } catch {
    return undefined;
  }`,
    replace: `  } catch (error) {
    throw error;
  }`,
    shows: /SyntaxError/,
  },
  {
    kind: 'states',
    what: 'who holds a claim is believed to be a process',
    file: 'core/src/state-file.ts',
    find: ' && holders.every(isProcessToken)',
    replace: '',
    shows: /TypeError/,
    cases: 8000,
  },
  {
    kind: 'store.json',
    what: 'a version is a number whatever it is',
    file: 'core/src/store-file.ts',
    find: "if (typeof version !== 'number' || version <= FORMAT_VERSION) return;",
    replace: 'if (!(Number(version ?? 0) > FORMAT_VERSION)) return;',
    shows: /TypeError/,
    cases: 8000,
  },
  {
    kind: 'archives',
    what: 'what a file of an archive has is not compared with the manifest',
    file: 'backup/src/read-archive.ts',
    find: 'if (file.size !== size || file.sha256 !== sha256) {',
    replace: 'if (file.size !== size) {',
    shows: /as something else|refused to restore/,
  },
  {
    kind: 'archives',
    what: 'the name of an entry is not looked at',
    file: 'backup/src/read-archive.ts',
    find: 'if (!isSafeName(name)) throw unsafe',
    replace: 'if (name.length > 300) throw unsafe',
    shows: /accepts the name/,
  },
  {
    kind: 'conversations',
    what: 'digits of large integers are lost',
    file: 'schema/src/json.ts',
    find: 'return mayLoseDigits(text) ? withAllDigits(text, value) : value;',
    replace: 'return value;',
    shows: /loads message|streams other/,
  },
  {
    kind: 'conversations',
    what: 'a message that stands twice is streamed twice',
    file: 'core/src/conversation-file.ts',
    find: 'previous === undefined || compareMessageIds(previous, key) < 0;',
    replace: 'true;',
    shows: /twice|other messages/,
  },
  {
    kind: 'exports',
    what: 'keys of a file are set on an object by assignment',
    file: 'formats/src/set-key.ts',
    find: "if (key === '__proto__') {",
    replace: 'if (false) {',
    shows: /prototype/,
    cases: 20_000,
  },
  {
    kind: 'configs',
    what: 'an error of the parser of YAML has no code',
    file: 'core/src/config.ts',
    find: '    throw invalid(path, (error as Error).message, error);\n  }\n}',
    replace: '    throw error;\n  }\n}',
    shows: /Error/,
  },
];

for (const { kind, what, shows, cases = 4000, ...plant } of PLANTS) {
  test(`sees it where ${what}`, async () => {
    const found = await watchPlanted(kind, plant, cases);
    expect(found.violations.join('\n')).toMatch(shows);
  });
}

async function watchPlanted(kind: string, plant: object, cases: number): Promise<Watched> {
  const hook = new URL('support/plant.mjs', import.meta.url).href;
  return await watchCases({
    ...{ kind, seed: 1, cases, dearEvery: 5, most: 1, patienceMs: 8000 },
    nodeFlags: ['--import', hook],
    env: { PLANT: JSON.stringify(plant) },
  });
}
