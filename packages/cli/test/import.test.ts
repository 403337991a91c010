import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tempDirectory, writeSampleExport } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { account, chat, toText } from './support/exports.ts';
import { run } from './support/run.ts';
import { snapshot } from './support/store-snapshot.ts';

async function storeWith(...messages: { id: number; text?: string; edited?: string }[]) {
  const dir = await tempDirectory();
  await writeFile(join(dir.path, 'result.json'), toText(chat(messages)));
  return dir;
}

test('import prints what each conversation gains and ends with a verdict', async () => {
  await using dir = await storeWith({ id: 1 }, { id: 2 });
  const { status, stdout, stderr } = await run(['import', 'result.json', '--store', 's'], {
    cwd: dir.path,
  });
  expect(status).toBe(0);
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^CONVERSATION\s+ADDED\s+EDITED\s+KEPT\s+TOTAL\s+NAME$/m);
  expect(stdout).toMatch(/^100\s+new\s+\+2\s+~0\s+0\s+2\s+Ann$/m);
  expect(stdout).toMatch(/^OK {2}1 conversation · \+2 new · ~0 edited · 0 unchanged · .* s\n$/m);
});

test('importing the same export again changes nothing, not even a time', async () => {
  await using dir = await storeWith({ id: 1 }, { id: 2 });
  await run(['import', 'result.json', '--store', 's'], { cwd: dir.path });
  const before = await snapshot(join(dir.path, 's'));
  const again = await run(['import', 'result.json', '--store', 's'], { cwd: dir.path });
  expect(again.stdout).toMatch(/^OK {2}1 conversation · \+0 new · ~0 edited · 2 unchanged/);
  expect(await snapshot(join(dir.path, 's'))).toEqual(before);
});

test('a later export adds and edits, and what was processed becomes unprocessed', async () => {
  await using dir = await storeWith({ id: 1 }, { id: 2 });
  const cwd = dir.path;
  await run(['import', 'result.json', '--store', 's'], { cwd });
  await run(['mark', '--processed', '100', '--store', 's'], { cwd });
  const later = chat([{ id: 2, text: 'changed', edited: '1705147200' }, { id: 3 }]);
  await writeFile(join(cwd, 'later.json'), toText(later));
  const { stdout } = await run(['import', 'later.json', '--store', 's'], { cwd });
  expect(stdout).toMatch(/^100\s+grows\s+\+1\s+~1\s+0\s+3\s+Ann$/m);
  expect(await readdir(join(cwd, 's'))).toContain('100_unprocessed.json');
  expect(await readdir(join(cwd, 's'))).not.toContain('100_processed.json');
});

test('what was processed and gains nothing stays processed', async () => {
  await using dir = await storeWith({ id: 1 });
  const cwd = dir.path;
  await run(['import', 'result.json', '--store', 's'], { cwd });
  await run(['mark', '--processed', '100', '--store', 's'], { cwd });
  await run(['import', 'result.json', '--store', 's'], { cwd });
  expect(await readdir(join(cwd, 's'))).toContain('100_processed.json');
});

test('a dry run says the same and makes nothing, not even the directory', async () => {
  await using dir = await storeWith({ id: 1 }, { id: 2 });
  const { status, stdout } = await run(['import', '-n', 'result.json', '--store', 'a/b/s'], {
    cwd: dir.path,
  });
  expect(status).toBe(0);
  expect(stdout).toContain('+2 new');
  expect(await readdir(dir.path)).toEqual(['result.json']);
});

test('import reads a folder, standard input and several exports', async () => {
  await using dir = await tempDirectory();
  const cwd = dir.path;
  await mkdir(join(cwd, 'ChatExport_2024-01-12'));
  await writeFile(join(cwd, 'ChatExport_2024-01-12', 'result.json'), toText(chat([{ id: 1 }])));
  const folder = await run(['import', 'ChatExport_2024-01-12', '--store', 's'], { cwd });
  expect(folder.stdout).toContain('+1 new');
  const stdin = toText(account(chat([{ id: 1 }, { id: 2 }]), chat([{ id: 7 }], { id: 200 })));
  const piped = await run(['import', '-', 'ChatExport_2024-01-12', '--store', 's'], { cwd, stdin });
  expect(piped.status).toBe(0);
  expect(piped.stdout).toMatch(/\+2 new · ~0 edited · 1 unchanged/);
  expect(piped.stdout).toMatch(/\+0 new · ~0 edited · 1 unchanged/);
});

test('an export that is cut off is refused and changes nothing; --salvage takes what is whole', async () => {
  await using dir = await storeWith({ id: 1 });
  const cwd = dir.path;
  await run(['import', 'result.json', '--store', 's'], { cwd });
  const text = toText(chat([{ id: 1 }, { id: 2 }, { id: 3 }]));
  await writeFile(join(cwd, 'cut.json'), text.slice(0, text.indexOf('"id": 3')));
  const before = await snapshot(join(cwd, 's'));
  const refused = await run(['import', 'cut.json', '--store', 's'], { cwd });
  expect(refused.status).toBe(1);
  expect(refused.stderr).toMatch(/^FORMAT_TRUNCATED .*cut\.json.*--salvage/);
  expect(await snapshot(join(cwd, 's'))).toEqual(before);
  const salvaged = await run(['import', '--salvage', 'cut.json', '--store', 's'], { cwd });
  expect(salvaged.status).toBe(3);
  expect(salvaged.stdout).toMatch(/^PARTLY .*\+1 new · ~0 edited · 1 unchanged · not everything/m);
});

test('one bad chat refuses the whole export; --salvage leaves it out and says so', async () => {
  await using dir = await tempDirectory();
  const cwd = dir.path;
  const stdin = toText(account(chat([{ id: 1 }]), chat([{ id: 2 }], { id: null, name: 'Nobody' })));
  const refused = await run(['import', '-', '--store', 's'], { cwd, stdin });
  expect(refused.status).toBe(1);
  expect(refused.stderr).toMatch(/^FORMAT_\w+ .*chats\.list\[1\]/);
  expect(await readdir(cwd)).toEqual([]);
  const salvaged = await run(['import', '--salvage', '-', '--store', 's'], { cwd, stdin });
  expect(salvaged.status).toBe(3);
  expect(salvaged.stderr).toMatch(/left out chats\.list\[1\]/);
  expect(await readdir(join(cwd, 's'))).toContain('100_unprocessed.json');
});

test('import --json prints one document with the counts of each conversation', async () => {
  await using dir = await storeWith({ id: 1 }, { id: 1, text: 'again' });
  const { stdout } = await run(['import', 'result.json', '--json', '--store', 's'], {
    cwd: dir.path,
  });
  const { imports } = JSON.parse(stdout) as { imports: { conversations: object[] }[] };
  expect(imports[0]?.conversations).toEqual([
    {
      id: '100',
      name: 'Ann',
      messages: 2,
      added: 1,
      edited: 0,
      unchanged: 0,
      duplicates: 1,
      total: 1,
      status: 'unprocessed',
      is_new: true,
    },
  ]);
});

test('all messages of the sample export come in, and an export to a bundle and back keeps every byte and status', async () => {
  await using dir = await tempDirectory();
  const cwd = dir.path;
  const sample = await writeSampleExport(join(cwd, 'export'), { messages: 2_000 });
  await run(['import', 'export', '--store', 's'], { cwd });
  await run(['mark', '--processed', '--store', 's', '129375303'], { cwd });
  await run(['export', '-o', 'bundle.json', '--store', 's'], { cwd });
  const back = await run(['import', 'bundle.json', '--json', '--store', 't'], { cwd });
  const { imports } = JSON.parse(back.stdout) as {
    imports: { conversations: { added: number; duplicates: number }[] }[];
  };
  const conversations = imports[0]?.conversations ?? [];
  expect(conversations.reduce((sum, { added }) => sum + added, 0)).toBe(sample.messages);
  const names = (await readdir(join(cwd, 's'))).filter((name) => name.endsWith('.json')).sort();
  expect((await readdir(join(cwd, 't'))).filter((name) => name.endsWith('.json')).sort()).toEqual(
    names,
  );
  for (const name of names) {
    const [first, second] = await Promise.all(
      ['s', 't'].map((store) => readFile(join(cwd, store, name), 'utf8')),
    );
    expect(messagesOf(second)).toBe(messagesOf(first));
  }
});

function messagesOf(text: string | undefined): string | undefined {
  return text?.slice(0, text.lastIndexOf('"metadata":'));
}
