import { once } from 'node:events';
import { cp, mkdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { deserializeConversation } from '@tgstore/schema';
import { createRandom, startTypeScript, tempDirectory } from '@tgstore/testkit';
import { describe, expect, test } from 'vitest';
import {
  type CheckCode,
  type CheckProblem,
  decodeId,
  EnhancedFileManager,
  type RecoverOptions,
  type RecoveryAction,
} from '../src/index.ts';
import { lockConversations } from '../src/lock-conversations.ts';
import { messages } from './support/conversations.ts';
import { DAMAGES, type Damage, nameOfDead, put, textOf } from './support/damages.ts';
import { codesOf, failing, systemError, watching } from './support/faults.ts';
import { findings, leftOvers } from './support/store.ts';
import { ageTree, readTree, type TreeEntry } from './support/tree.ts';

type Tree = ReadonlyMap<string, TreeEntry>;

const OUTSIDE = textOf('outside');

describe.each(DAMAGES)('$name', (damage) => {
  test('recovery mends it, or says why not, and loses nothing', async () => {
    await using store = await tempDamaged(damage);
    const before = await readTree(store.path);
    const dry = await recover(store.path, { dryRun: true });
    expect(said(dry.actions)).toEqual(damage.plans);
    expect(await readTree(store.path)).toEqual(before);

    const { actions, mended, left } = await recover(store.path);
    expect(said(actions)).toEqual(damage.told.map((pattern) => expect.stringMatching(pattern)));
    const isLeft = ({ status, problem }: RecoveryAction) =>
      status === 'left' && problem.severity === 'error';
    expect(left).toBe(actions.filter(isLeft).length);
    expect(mended).toBe(actions.filter(({ status }) => status === 'mended').length);
    await expectOutcome(store.path, before, damage);
    await expectQuarantined(store.path, before, actions);
    expect(await readFile(join(store.path, '..', 'outside.json'), 'utf8')).toBe(OUTSIDE);

    await ageTree(store.path);
    const after = await readTree(store.path);
    const again = await recover(store.path);
    expect(again.mended).toBe(0);
    expect(await readTree(store.path)).toEqual(after);
  });
});

test('every code is provoked above', () => {
  // take-back-append.test.ts has the interrupted appends
  const codesOfAll: Record<Exclude<CheckCode, 'CHECK_INTERRUPTED_APPEND'>, true> = {
    CHECK_BOTH_NAMES: true,
    CHECK_CHANGES_DAMAGED: true,
    CHECK_FOREIGN_ENTRY: true,
    CHECK_FOREIGN_LAYOUT: true,
    CHECK_LEFTOVER_LOCK: true,
    CHECK_ORPHAN: true,
    CHECK_PERMISSIONS: true,
    CHECK_RAW_NAME: true,
    CHECK_STATE_DAMAGED: true,
    CHECK_TEMPORARY_FILE: true,
    CHECK_UNREADABLE: true,
    CHECK_WRONG_ID: true,
    CHECK_WRONG_METADATA: true,
  };
  const provoked = new Set(DAMAGES.flatMap(({ finds }) => finds));
  expect([...provoked].sort()).toEqual(Object.keys(codesOfAll));
});

const MENDABLE = DAMAGES.filter(({ told }) =>
  told.some((pattern) => pattern.source.includes('mended')),
);

test.each(MENDABLE)('what is young is left alone: $name', async (damage) => {
  await using store = await tempDamaged(damage);
  await ageTree(store.path, 30_000);
  const before = await readTree(store.path);
  const { actions, mended } = await recover(store.path);
  expect(mended).toBe(0);
  for (const line of said(actions)) expect(line).toMatch(/^left: changed within the last minute/);
  expect(actions.length).toBe(damage.plans.length);
  expectUntouched(await readTree(store.path), before);
  await ageTree(store.path, 61_000);
  expect((await recover(store.path)).mended).toBeGreaterThan(0);
  await expectOutcome(store.path, before, damage);
});

test('of two names both must be old', async () => {
  for (const young of ['1_unprocessed.json', '1_processed.json']) {
    await using store = await tempDamaged();
    await put({ '1_processed.json': textOf('1', messages([3, 4])) })(store.path);
    await ageTree(store.path);
    const path = join(store.path, young);
    await utimes(path, new Date(), new Date());
    expect(said((await recover(store.path)).actions), young).toEqual([
      expect.stringMatching(/^left: changed within the last minute/),
    ]);
    expect((await recover(store.path, { minAgeMs: 0 })).mended, young).toBe(1);
    expect(await idsIn(store.path, '1_unprocessed.json')).toBe('1 2 3 4');
  }
});

test('with minAgeMs 0 also what was written just now, or tomorrow, is mended', async () => {
  for (const ageMs of [0, -86_400_000]) {
    await using store = await tempDamaged();
    await put({ '2_unprocessed.json': textOf('2').replace('"text 2"', 'text 2') })(store.path);
    await ageTree(store.path, ageMs);
    expect((await recover(store.path, { minAgeMs: 0 })).mended).toBe(1);
  }
});

test('temporary files of dead writers go, wherever they are; those of the living stay', async () => {
  await using store = await tempDamaged();
  const dead = await nameOfDead();
  const places = ['', '.tgstore/', '.tgstore/state/', '.tgstore/changes/'];
  for (const place of places) await put({ [place + dead]: 'half' })(store.path);
  const before = await readTree(store.path);
  expect((await recover(store.path, { dryRun: true })).actions).toEqual([]);
  expect(await readTree(store.path)).toEqual(before);
  expect((await recover(store.path)).actions).toEqual([]);
  const names = [...(await readTree(store.path)).keys()];
  expect(names.filter((name) => basename(name) === dead)).toEqual([]);
  expect(await findings(store.path)).toEqual([]);
});

test('a recovered conversation counts as changed as a whole, and is handed over', async () => {
  await using store = await tempDamaged();
  await put({ '2_unprocessed.json': textOf('2') })(store.path);
  await using manager = new EnhancedFileManager({ storageDir: store.path });
  await manager.markAsProcessed('2');
  const path = join(store.path, '2_processed.json');
  await writeFile(path, (await readFile(path, 'utf8')).replace('"text 2"', 'text 2'));
  await manager.recover({ minAgeMs: 0 });
  const given: [string, boolean, string][] = [];
  await manager.processAllUnprocessed(
    async ({ id, load }, { changes }) => {
      given.push([id, changes.everything, [...(await load()).messages.keys()].join(' ')]);
    },
    { ids: ['2'] },
  );
  expect(given).toEqual([['2', true, '1 3']]);
});

test('all damages at once are mended in one go', async () => {
  await using store = await tempDamaged();
  await put(MANY)(store.path);
  await ageTree(store.path);
  const before = await readTree(store.path);
  const seen: RecoveryAction[] = [];
  await using manager = new EnhancedFileManager({ storageDir: store.path });
  const { actions, left } = await manager.recover({ onAction: (action) => seen.push(action) });
  expect(seen).toEqual(actions);
  expect(left).toBe(0);
  await expectNothingLost(store.path, before);
  expect(await findings(store.path)).toEqual([]);
});

test('it stops between two problems', async () => {
  await using store = await tempDamaged();
  await put(MANY)(store.path);
  await ageTree(store.path);
  const reason = new Error('stop');
  const abort = new AbortController();
  const seen: RecoveryAction[] = [];
  const onAction = (action: RecoveryAction) => {
    seen.push(action);
    if (action.problem.code === 'CHECK_UNREADABLE') abort.abort(reason);
  };
  const recovering = recover(store.path, { signal: abort.signal, onAction });
  await expect(recovering).rejects.toBe(reason);
  expect(seen.at(-1)?.problem.code).toBe('CHECK_UNREADABLE');
  expect(seen.filter(({ problem }) => problem.code === 'CHECK_UNREADABLE')).toHaveLength(1);
});

test('two recoveries at once do not get in the way of each other', async () => {
  await using store = await tempDamaged();
  await put(MANY)(store.path);
  await ageTree(store.path);
  const before = await readTree(store.path);
  await Promise.all([recover(store.path), recover(store.path)]);
  await expectNothingLost(store.path, before);
  expect(await findings(store.path)).toEqual([]);
});

test('a file that can be read after all stays as it is', async () => {
  await using store = await tempDamaged();
  const before = await readTree(store.path);
  let reads = 0;
  const fileSystem = watching(({ name, args }) => {
    // as a disk that fails once
    const isFirst = name === 'open' && String(args[0]).endsWith('9_processed.json') && !reads++;
    if (isFirst) throw systemError('EIO', 'open');
    return undefined;
  });
  await using manager = new EnhancedFileManager({ storageDir: store.path, fileSystem });
  const { actions } = await manager.recover();
  expect(said(actions)).toEqual([expect.stringMatching(/can be read/)]);
  expectUntouched(await readTree(store.path), before);
});

test('what another process has locked is left, with who has it', async () => {
  await using store = await tempDamaged();
  await put({ '2_processed.json': textOf('2').replace('"text 2"', 'text 2') })(store.path);
  await put({ '3_processed.json': textOf('3').replace('"text 2"', 'text 2') })(store.path);
  await mkdir(join(store.path, '.tgstore'));
  await ageTree(store.path);
  const [held, release] = [new AbortController(), new AbortController()];
  const isHeld = once(held.signal, 'abort');
  const holding = lockConversations(store.path)('2', 'hold', async () => {
    const isReleased = once(release.signal, 'abort');
    held.abort();
    await isReleased;
  });
  await isHeld;
  await using manager = new EnhancedFileManager({ storageDir: store.path, lockTimeoutMs: 50 });
  const { actions } = await manager.recover();
  expect(said(actions)).toEqual([
    expect.stringMatching(`^left: .*${process.pid}`),
    expect.stringMatching(/^mended: saved 2 messages/),
  ]);
  release.abort();
  await holding;
  expect(said((await manager.recover()).actions)).toEqual([
    expect.stringMatching(/^mended: saved 2 messages/),
  ]);
});

test('where the file system has no hard links, what is replaced is copied to quarantine', async () => {
  await using store = await tempDamaged();
  await put({ '2_processed.json': textOf('2').replace('"text 2"', 'text 2') })(store.path);
  await ageTree(store.path);
  const before = await readTree(store.path);
  const fileSystem = watching(({ name, args }) => {
    const isOurs = String(args[1]).includes('quarantine');
    if (name === 'link' && isOurs) throw systemError('EPERM', 'link');
    return undefined;
  });
  await using manager = new EnhancedFileManager({ storageDir: store.path, fileSystem });
  const { actions } = await manager.recover();
  expect(said(actions)).toEqual([expect.stringMatching(/^mended: saved 2 messages/)]);
  expect(actions[0]?.quarantined).toMatch(/2_processed\.json/);
  await expectQuarantined(store.path, before, actions);
  await expectNothingLost(store.path, before);
  expect(await idsIn(store.path, '2_unprocessed.json')).toBe('1 3');
});

// Each of these is mended without a word left, so that what a fault leaves undone shows.
const MANY: Record<string, string | Uint8Array> = {
  '2_unprocessed.json': textOf('2', messages([1, 2])),
  '2_processed.json': textOf('2', messages([2, 3])),
  '3_processed.json': textOf('3').replace('"text 2"', 'text 2'),
  '4_unprocessed.json': textOf('4').replace('"text 3"', '3 text'),
  '4_processed.json': textOf('4', messages([3, 4])),
  '5_unprocessed.json': 'no JSON',
  '6_processed.json': textOf('6', messages(3), { message_count: 4, last_message_id: 2 }),
  '7_unprocessed.json': textOf('7', messages(2)),
  '7_processed.json': textOf('7').replace('"text 2"', 'text 2'),
  '.tgstore/state/9.json': '{"processed":',
  '.tgstore/changes/77.jsonl': '{}\n',
};
const HELD: Record<string, string> = {
  '2_unprocessed.json': '1 2 3',
  '3_unprocessed.json': '1 3',
  '4_unprocessed.json': '1 2 3 4',
  '6_processed.json': '1 2 3',
  '7_unprocessed.json': '1 2 3',
};

const LANES = 4;
const SCENES: Record<string, Record<string, string | Uint8Array>> = {
  'both names': pick('2_'),
  'an unreadable file': pick('3_'),
  'both names, the unprocessed one broken': pick('4_'),
  'nothing whole': pick('5_'),
  'wrong counts': pick('6_'),
  'both names, the processed one broken': pick('7_'),
  records: pick('.tgstore'),
};

describe.each(Object.entries(SCENES))('%s', { timeout: 180_000 }, (_name, files) => {
  test.each([
    ['EIO', false],
    ['EIO', true],
  ])(
    'whichever call fails with %s (from then on: %s), nothing is lost, and the next time mends',
    async (code, forEver) => {
      await using template = await tempDamaged();
      await put(files)(template.path);
      await ageTree(template.path);
      let calls = 0;
      const lane = async (): Promise<void> => {
        do calls += 1;
        while (await failAt(template.path, files, { code, forEver, at: calls }));
      };
      await Promise.all(Array.from({ length: LANES }, lane));
      expect(calls - LANES).toBeGreaterThan(10);
    },
  );
});

/** False when a recovery makes fewer calls. */
async function failAt(
  template: string,
  files: Record<string, unknown>,
  { code, forEver, at }: { code: string; forEver: boolean; at: number },
): Promise<boolean> {
  await using directory = await tempDirectory();
  const path = join(directory.path, 'chats');
  await cp(template, path, { recursive: true, preserveTimestamps: true });
  const before = await readTree(path);
  const { fileSystem, calls, openHandles } = failing(code, at, forEver);
  await using manager = new EnhancedFileManager({ storageDir: path, fileSystem });
  const result = await manager.recover().catch((error: unknown) => error);
  const failed = calls[at - 1];
  const where = `${code} at call ${at} of ${calls.length}: ${failed}, after ${calls.slice(-9)}`;
  // ensureDirectory says of a directory that it can't look at what mkdir said
  const told = /^stat (?:chats|\.tgstore)$/.test(failed ?? '') ? 'EEXIST' : code;
  if (result instanceof Error) expect(codesOf(result), where).toContain(told);
  expect(openHandles(), where).toBe(0);
  if (!forEver) expect(await leftOvers(path), where).toEqual([]);
  await expectNothingLost(path, before, where);
  await recover(path, { minAgeMs: 0 });
  await expectNothingLost(path, before, where);
  expect(withoutTemporary(await findings(path)), where).toEqual([]);
  await expectHeld(path, Object.keys(files), where);
  return failed !== undefined;
}

const KILLS = 12;
const STORES = 12;

test(`after each of ${KILLS} kills of a recovery nothing is lost, and the next one mends`, async () => {
  const seed = Number(process.env.TGSTORE_SEED ?? Date.now() % 1_000_000_007);
  process.stderr.write(`seed ${seed}; again with TGSTORE_SEED=${seed}\n`);
  const random = createRandom(seed);
  let amidst = 0;
  for (let kill = 0; kill < KILLS; kill += 1) {
    await using directory = await tempDirectory();
    const paths = Array.from({ length: STORES }, (_, index) => join(directory.path, `${index}`));
    for (const path of paths) {
      await put(MANY)(path);
      await put({ '9_processed.json': textOf('9') })(path);
    }
    const before = await readTree(paths[0] ?? '');
    await killWhileRecovering(paths, random.next() * 150);
    for (const path of paths) {
      await expectNothingLost(path, before);
      amidst += (await findings(path)).length > 0 && (await isTouched(path, before)) ? 1 : 0;
      await recover(path, { minAgeMs: 0 });
      await expectNothingLost(path, before);
      expect(withoutTemporary(await findings(path))).toEqual([]);
      await expectHeld(path, Object.keys(MANY), path);
    }
  }
  // otherwise no kill fell into a recovery, and nothing was tested
  expect(amidst).toBeGreaterThan(0);
}, 180_000);

async function killWhileRecovering(paths: string[], pauseMs: number): Promise<void> {
  const child = startTypeScript(new URL('support/recover-all.ts', import.meta.url), {
    args: paths,
  });
  const closed = once(child, 'close');
  await Promise.race([once(child.stdout ?? child, 'data'), closed]);
  await sleep(pauseMs);
  child.kill('SIGKILL');
  await closed;
}

/** Whether a recovery has begun to change it. */
async function isTouched(path: string, before: Tree): Promise<boolean> {
  const now = await readTree(path);
  return [...before].some(([name, { content }]) => now.get(name)?.content !== content);
}

interface Damaged extends AsyncDisposable {
  readonly path: string;
}

/** A store with two whole conversations, and a damage; all of it two minutes old. */
async function tempDamaged(damage?: Damage): Promise<Damaged> {
  const directory = await tempDirectory();
  const path = join(directory.path, 'chats');
  await mkdir(path, { mode: 0o700 });
  await writeFile(join(directory.path, 'outside.json'), OUTSIDE);
  await put({ '1_unprocessed.json': textOf('1'), '9_processed.json': textOf('9') })(path);
  expect(await findings(path)).toEqual([]);
  await damage?.spoil(path);
  if (damage) expect(codes(await findings(path))).toEqual([...damage.finds].sort());
  await ageTree(path);
  return { path, [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose]() };
}

async function recover(path: string, options: RecoverOptions = {}) {
  await using manager = new EnhancedFileManager({ storageDir: path, durability: 'relaxed' });
  return await manager.recover(options);
}

function said(actions: readonly RecoveryAction[]): string[] {
  return actions.map(({ status, message }) => `${status}: ${message}`);
}

function codes(problems: readonly CheckProblem[]): CheckCode[] {
  return problems.map(({ code }) => code).sort();
}

function withoutTemporary(problems: readonly CheckProblem[]): CheckProblem[] {
  return problems.filter(({ code }) => code !== 'CHECK_TEMPORARY_FILE');
}

async function expectOutcome(path: string, before: Tree, damage: Damage): Promise<void> {
  const { left = [], holds = {}, gone = [] } = damage;
  expect(codes(await findings(path))).toEqual([...left].sort());
  await expectNothingLost(path, before);
  for (const [name, ids] of Object.entries(holds)) expect(await idsIn(path, name), name).toBe(ids);
  const names = [...(await readTree(path)).keys()];
  for (const name of gone) expect(names).not.toContain(name);
}

/** Each file is still there, or in quarantine as it was, or all its messages are in the conversation. */
async function expectNothingLost(path: string, before: Tree, where = ''): Promise<void> {
  const now = await readTree(path);
  const contents = new Set([...now.values()].map(({ content }) => content));
  for (const [name, { isFile, content }] of before) {
    if (!isFile || contents.has(content) || name === '.tgstore/store.json') continue;
    const stem = /^(.*)_(?:un)?processed\.json$/.exec(name)?.[1] ?? '';
    const id = decodeId(stem) ?? stem;
    expect(id, `${name} is lost; ${where}`).not.toBe('');
    const old = deserializeConversation(Buffer.from(content, 'latin1').toString('utf8'));
    await using manager = new EnhancedFileManager({ storageDir: path });
    const { messages: stored } = await manager.loadConversation(id);
    for (const [key, message] of old.messages) {
      expect(stored.get(key), `message ${key} of ${name}; ${where}`).toEqual(message);
    }
  }
}

/** What an action says that it moved stands where it says, byte for byte. */
async function expectQuarantined(
  path: string,
  before: Tree,
  actions: readonly RecoveryAction[],
): Promise<void> {
  const contents = [...before.values()].map(({ content }) => content);
  for (const { status, quarantined } of actions) {
    if (quarantined === undefined) continue;
    expect(status).toBe('mended');
    for (const place of quarantined.split(', ')) {
      expect(place.startsWith(join(path, '.tgstore', 'quarantine'))).toBe(true);
      const bytes = (await readFile(place)).toString('latin1');
      // what was saved of a broken one is moved too, once it is merged
      if (!contents.includes(bytes)) expect(() => deserializeConversation(bytes)).not.toThrow();
    }
  }
}

/** What was there is there as it was. */
function expectUntouched(now: Tree, before: Tree): void {
  for (const [name, entry] of before) expect(now.get(name), name).toEqual(entry);
}

async function expectHeld(path: string, names: readonly string[], where: string): Promise<void> {
  const ids = new Set(names.map((name) => name.slice(0, 2)));
  const expected = Object.entries(HELD).filter(([name]) => ids.has(name.slice(0, 2)));
  for (const [name, list] of expected) {
    // counting anew may be cut off after the new content and before its status
    const status = name.replace('_processed', '_unprocessed');
    const found = await idsIn(path, name).catch(() => idsIn(path, status));
    expect(found, `${name}; ${where}`).toBe(list);
  }
}

async function idsIn(path: string, name: string): Promise<string> {
  const { messages: all } = deserializeConversation(await readFile(join(path, name), 'utf8'));
  return [...all.keys()].join(' ');
}

function pick(prefix: string): Record<string, string | Uint8Array> {
  return Object.fromEntries(Object.entries(MANY).filter(([name]) => name.startsWith(prefix)));
}
