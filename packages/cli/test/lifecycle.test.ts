import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tempDirectory } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { chat, type TestMessage, toText } from './support/exports.ts';
import { run } from './support/run.ts';

/** A working directory in which `tg` runs a command on the store `s`. */
async function tempWork() {
  const directory = await tempDirectory();
  const cwd = directory.path;
  const tg = async (...args: string[]) => await run([...args, '--store', 's'], { cwd });
  const bring = async (messages: readonly TestMessage[]) => {
    const stdin = toText(chat(messages));
    return await run(['import', '-', '--store', 's'], { cwd, stdin });
  };
  const store = join(cwd, 's');
  return { cwd, store, tg, bring, [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose]() };
}

const EDITED = '1705147200';

test('history shows what a message said before it was edited', async () => {
  await using work = await tempWork();
  await work.bring([{ id: 1, text: 'Hi' }, { id: 2 }]);
  await work.bring([{ id: 1, text: 'Hi there', edited: EDITED }, { id: 2 }, { id: 3 }]);
  const { stdout, status } = await work.tg('history', '100');
  expect(status).toBe(0);
  expect(stdout).toMatch(
    /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}message 1 edited {2}revision 2, import\nbefore {2}Hi\n$/,
  );
  const one = await work.tg('history', '100', '1');
  expect(one.stdout).toMatch(/message 1 edited.*\nbefore {2}Hi\nnow {5}Hi there\n$/);
  const third = await work.tg('history', '100', '3');
  expect(third.stdout).toMatch(/message 3 added {2}revision 2, import\nnow {5}text 3\n$/);
  const asJson = JSON.parse((await work.tg('history', '100', '1', '--json')).stdout);
  expect(asJson).toMatchObject({
    entries: [{ kind: 'edited', before: { text: 'Hi' } }],
    now: { id: 1 },
  });
  const nothing = await work.tg('history', '100', '2');
  expect(nothing.stderr).toBe('');
  expect((await work.tg('history', '7')).stderr).toMatch(/^STORE_NOT_FOUND/);
});

test('process gives a command only what changed, and takes what failed again when told to', async () => {
  await using work = await tempWork();
  await work.bring([{ id: 1 }, { id: 2 }]);
  await work.tg('process', '--exec', 'cat > /dev/null');
  await work.bring([{ id: 1, text: 'new', edited: EDITED }, { id: 3 }]);
  const failed = await work.tg('process', '--exec', 'echo no such index >&2; exit 4');
  expect(failed.status).toBe(3);
  expect(failed.stderr).toMatch(
    /^COMMAND_FAILED {2}100: the command exited with 4: no such index$/m,
  );
  expect(failed.stdout).toMatch(
    /^PARTLY {2}0 conversations processed · 1 failed, still unprocessed · /,
  );
  const listed = await work.tg('list', '--failed');
  expect(listed.stdout).toMatch(
    /^CONVERSATION {2}ATTEMPTS {2}NEXT ATTEMPT\s+ERROR\n100\s+1 {2}\d{4}-.* the command exited with 4/,
  );
  expect((await work.tg('list', '--failed', '--ids')).stdout).toBe('100\n');
  expect((await work.tg('stats')).stdout).toMatch(/^failed\s+1; tgstore list --failed$/m);
  const exec = 'cat > changed.jsonl; echo $TGSTORE_CHANGES > how';
  const retried = await work.tg('process', '--retry-failed', '--changes', '--exec', exec);
  expect(retried.status).toBe(0);
  const lines = (await readFile(join(work.cwd, 'changed.jsonl'), 'utf8')).trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ id: 1, text: 'new' }, { id: 3 }]);
  expect(await readFile(join(work.cwd, 'how'), 'utf8')).toBe('some\n');
  expect((await work.tg('list', '--failed')).stderr).toBe('No conversation has failed\n');
});

test('what failed too often is left alone until it is asked for', async () => {
  await using work = await tempWork();
  await work.bring([{ id: 1 }]);
  const args = ['process', '--max-attempts', '1', '--exec'];
  expect((await work.tg(...args, 'false')).status).toBe(3);
  const left = await work.tg(...args, 'touch ran');
  expect(left.stdout).toMatch(
    /^PARTLY {2}0 conversations processed · 1 failed too often, left alone/,
  );
  expect(await readdir(work.cwd)).not.toContain('ran');
});

test('check --fix and recover save what is whole, and say where the rest is', async () => {
  await using work = await tempWork();
  await work.bring([{ id: 1 }, { id: 2 }, { id: 3 }]);
  const path = join(work.store, '100_unprocessed.json');
  const text = await readFile(path, 'utf8');
  await writeFile(path, text.replace('"text 2"', '"text 2'));
  expect((await work.tg('check')).status).toBe(12);
  const young = await work.tg('recover');
  expect(young.status).toBe(12);
  expect(young.stdout).toMatch(/→ left: changed within the last minute/);
  const before = new Date(Date.now() - 120_000);
  await utimes(path, before, before);
  const dry = await work.tg('recover', '--dry-run');
  expect(dry.stdout).toMatch(
    /would save the messages that are whole[\s\S]*^OK {2}1 problem would be mended/m,
  );
  const fixed = await work.tg('check', '--fix');
  expect(fixed.status).toBe(0);
  expect(fixed.stdout).toMatch(
    /^CHECK_UNREADABLE {2}100_unprocessed\.json\n.*\n.*saved 2 messages; \d+ bytes could not be read; the file as it was: \.tgstore\/quarantine\/100/,
  );
  expect((await work.tg('check')).status).toBe(0);
  expect((await work.tg('show', '100')).stdout).toContain('text 3');
});

test('migrate renames and lays out what the original module wrote', async () => {
  await using work = await tempWork();
  await mkdir(work.store);
  const original = {
    metadata: { id: 'AnnLee', isGroup: false },
    messages: { 5: { id: 5, text: 'Hi' } },
  };
  await writeFile(join(work.store, 'AnnLee_processed.json'), JSON.stringify(original, null, 4));
  await writeFile(join(work.store, 'AnnLee_processed.json.lock'), '');
  const checked = await work.tg('check');
  expect(checked.stdout).toMatch(
    /its next write names it ~41nn~4cee_processed\.json; tgstore migrate does it at once/,
  );
  expect(checked.stdout).toMatch(/id becomes conversation_id, isGroup becomes is_group/);
  const dry = await work.tg('migrate', '--dry-run');
  expect(dry.stdout).toMatch(
    /^AnnLee {2}AnnLee_processed\.json → ~41nn~4cee_processed\.json\n {2}id → conversation_id; isGroup → is_group\nOK {2}1 conversation would be migrated · 1 lock file would be moved away/,
  );
  expect(await readdir(work.store)).toEqual([
    'AnnLee_processed.json',
    'AnnLee_processed.json.lock',
  ]);
  expect((await work.tg('migrate')).status).toBe(0);
  expect(await readdir(work.store)).toEqual(['.tgstore', '~41nn~4cee_processed.json']);
  expect((await work.tg('migrate')).stdout).toMatch(/^OK {2}0 conversations migrated/);
});

test('doctor looks at a store from outside', async () => {
  await using work = await tempWork();
  await work.bring([{ id: 1 }]);
  const { stdout, status } = await work.tg('doctor');
  expect(status).toBe(0);
  for (const line of stdout.trimEnd().split('\n')) expect(line.length).toBeLessThanOrEqual(200);
  expect(stdout).toMatch(/^versions\s+tgstore \d+\.\d+\.\d+, Node /m);
  expect(stdout).toMatch(/^disk\s+\S+, [\d.]+ \wB free of/m);
  expect(stdout).toMatch(/^conversations {2}0 processed, 1 unprocessed$/m);
  expect(stdout).toMatch(/^locks\s+none held\nclaims\s+none$/m);
  const report = JSON.parse((await work.tg('doctor', '--json')).stdout);
  expect(report).toMatchObject({ formatVersion: 1, names: { unprocessed: 1, raw: 0 }, locks: [] });
  expect((await run(['doctor', '--store', 'none'], { cwd: work.cwd })).status).toBe(10);
});

test('a configured frequency makes an automatic backup before the first change', async () => {
  await using work = await tempWork();
  await work.bring([{ id: 1 }]);
  expect(await readdir(work.store)).not.toContain('backups');
  const config = 'ingestors: { telegram: { json_storage_path: s, backup_frequency: 24 } }\n';
  await writeFile(join(work.cwd, 'tgstore.yaml'), config);
  await run(['mark', '--processed', '100'], { cwd: work.cwd });
  await run(['mark', '--unprocessed', '100'], { cwd: work.cwd });
  const archives = (await readdir(join(work.store, 'backups'))).filter((name) =>
    name.endsWith('.tar.gz'),
  );
  expect(archives).toHaveLength(1);
});
