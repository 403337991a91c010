import { expect, test } from 'vitest';
import { kinds } from '../src/mutations/kinds.ts';
import { watchCases } from '../src/mutations/watch-cases.ts';
import { type Plant, plantFlags } from '../src/plant.ts';
import { seed } from './support/seed.ts';

/** How many of each kind the slice tries; what takes long for one is tried less often. */
const SLICE: Record<string, number> = { archives: 200, locks: 100 };

for (const { name } of kinds) {
  test(`mutated ${name} are refused with a code or read right`, async () => {
    const cases = SLICE[name] ?? 800;
    const found = await watchCases({ kind: name, seed, cases, dearEvery: 20, processes: 2 });
    expect(found.violations).toEqual([]);
    expect(found.tried).toBe(cases);
    expect(found.read).toBeGreaterThan(cases / 20);
  });
}

interface Planted extends Plant {
  readonly kind: string;
  readonly what: string;
  readonly shows: RegExp;
  /** Shortly before the case in which it shows, with the seed below; where the files of the corpus have changed, a later one will do. */
  readonly from?: number;
  readonly patienceMs?: number;
}

const PLANTS: readonly Planted[] = [
  {
    kind: 'undo records',
    what: 'the checksum of an undo record is not compared',
    file: 'packages/fs/src/undo-record.ts',
    replace: '!sha256(file.subarray(0, end)).equals(file.subarray(end))',
    by: 'false',
    shows: /wrong checksum/,
  },
  {
    kind: 'undo records',
    what: 'a record fits a file that ends before it',
    file: 'packages/fs/src/undo-record.ts',
    replace: 'prefix.length === length && ',
    by: '',
    shows: /bytes long/,
  },
  {
    kind: 'undo records',
    what: 'as much memory is taken as a number in a record says',
    file: 'packages/fs/src/undo-record.ts',
    replace: 'const bytes = file.subarray(HEADER_LENGTH, end);',
    by: `const bytes = file.subarray(HEADER_LENGTH, end);
  Buffer.alloc(Math.min(Number(header.readBigUInt64LE(12)), 250_000_000), 1);`,
    shows: /MiB of memory/,
  },
  {
    kind: 'undo records',
    what: 'a number in a record keeps a loop going',
    file: 'packages/fs/src/undo-record.ts',
    replace: 'const bytes = file.subarray(HEADER_LENGTH, end);',
    by: `const bytes = file.subarray(HEADER_LENGTH, end);
  while (Number(header.readBigUInt64LE(12)) > 2 ** 39);`,
    shows: /hangs for more than 3 s/,
    patienceMs: 3000,
  },
  {
    kind: 'change logs',
    what: 'lines of the change log are believed',
    file: 'packages/core/src/read-changes.ts',
    replace: 'return isLogged(logged) ? logged : undefined;',
    by: 'return logged as LoggedMessage;',
    shows: /TypeError|no message/,
  },
  {
    kind: 'states',
    what: 'text that is no state is an error without a code',
    file: 'packages/core/src/state-file.ts',
    replace: `  } catch {
    return undefined;
  }`,
    by: `  } catch (error) {
    throw error;
  }`,
    shows: /SyntaxError/,
  },
  {
    kind: 'states',
    what: 'who holds a claim is believed to be a process',
    file: 'packages/core/src/state-file.ts',
    replace: ' && holders.every(isProcessToken)',
    by: '',
    shows: /TypeError/,
    from: 5620,
  },
  {
    kind: 'store.json',
    what: 'a version is a number whatever it is',
    file: 'packages/core/src/store-file.ts',
    replace: "if (typeof version !== 'number' || version <= FORMAT_VERSION) return;",
    by: 'if (!(Number(version ?? 0) > FORMAT_VERSION)) return;',
    shows: /TypeError/,
    from: 1270,
  },
  {
    kind: 'archives',
    what: 'what a file of an archive has is not compared with the manifest',
    file: 'packages/backup/src/unpacker.ts',
    replace: 'if (file.size !== size || file.sha256 !== sha256) {',
    by: 'if (file.size !== size) {',
    shows: /as something else|refused to restore/,
  },
  {
    kind: 'archives',
    what: 'the name of an entry is not looked at',
    file: 'packages/backup/src/unpacker.ts',
    replace: 'if (!isSafeName(name)) throw unsafe',
    by: 'if (name.length > 300) throw unsafe',
    shows: /accepts the name/,
  },
  {
    kind: 'conversations',
    what: 'digits of large integers are lost',
    file: 'packages/schema/src/json.ts',
    replace: 'return mayLoseDigits(text) ? withAllDigits(text, value) : value;',
    by: 'return value;',
    shows: /loads message|streams other/,
  },
  {
    kind: 'conversations',
    what: 'a message that stands twice is streamed twice',
    file: 'packages/core/src/conversation-file.ts',
    replace: 'previous === undefined || compareMessageIds(previous, key) < 0;',
    by: 'true;',
    shows: /twice|other messages/,
    from: 1550,
  },
  {
    kind: 'exports',
    what: 'keys of a file are set on an object by assignment',
    file: 'packages/formats/src/set-key.ts',
    replace: "if (key === '__proto__') {",
    by: 'if (false) {',
    shows: /prototype/,
    from: 1590,
  },
  {
    kind: 'configs',
    what: 'an error of the parser of YAML has no code',
    file: 'packages/core/src/config.ts',
    replace: 'throw invalid(path, `line',
    by: 'throw new Error(`line',
    shows: /Error/,
  },
];

for (const { kind, what, shows, from, patienceMs, ...plant } of PLANTS) {
  test(`sees it where ${what}`, async () => {
    const { violations } = await watchCases({
      ...{ kind, seed: 1, from, cases: 20_000, dearEvery: 5, most: 1, patienceMs },
      nodeFlags: plantFlags([plant]),
    });
    process.stderr.write(`${violations[0]}\n`);
    expect(violations.join('\n')).toMatch(shows);
  });
}
