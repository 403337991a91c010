import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempDirectory } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { run } from './support/run.ts';

// Real and broken exports of other people's test suites; they stand beside the checkout, where they are there at all.
const fixtures = join(import.meta.dirname, '../../../../shared/fixtures');
const isThere = existsSync(fixtures);

/** Messages that must come in, by file; of those, how many share their id with another. */
const expected: Record<string, { in: number; duplicates?: number; chats?: number }> = {
  'frozenspider__chat-history-manager__telegram_2020-01': { in: 50, chats: 4 },
  'frozenspider__chat-history-manager__telegram_2021-06_supergroup': { in: 4 },
  'frozenspider__chat-history-manager__telegram_2023-01': { in: 6 },
  'frozenspider__chat-history-manager__telegram_2024-01_inline-bot-buttons': { in: 5 },
  'frozenspider__chat-history-manager__telegram_2024-08': { in: 4 },
  'frozenspider__chat-history-manager__telegram_2025-12': { in: 6, chats: 2 },
  'innerdvations__telegram-chat-parser__bot': { in: 2 },
  'innerdvations__telegram-chat-parser__personal': { in: 0 },
  'innerdvations__telegram-chat-parser__public_channel': { in: 7 },
  'innerdvations__telegram-chat-parser__saved': { in: 21 },
  'innerdvations__telegram-chat-parser__error-unexpected': { in: 16, duplicates: 1 },
  'mlomb__chat-analytics__DM_2A_7M': { in: 8 },
  'mlomb__chat-analytics__MultiChat_2C_6M': { in: 6, chats: 2 },
  'mdemyanov__tg-parser__personal_chat': { in: 5 },
  'mdemyanov__tg-parser__supergroup_with_topics': { in: 7 },
  'sanccio__telegram-statistics__test_data_1': { in: 3 },
  'odd-albums-no-grouping': { in: 2 },
  'odd-bom': { in: 1 },
  'odd-control-chars': { in: 2 },
  'odd-line-separators': { in: 2 },
  'odd-migrated-negative-ids': { in: 4 },
  'odd-no-messages': { in: 0 },
  'odd-null-names': { in: 4 },
  'odd-old-v1.5-numeric-ids': { in: 1 },
  'odd-old-v2.4-shifted-ids': { in: 2 },
  'odd-rich-message-v7': { in: 2 },
  'odd-send-webview-data-duplicate-key': { in: 1 },
  'odd-unquoted-document-id-v4.0.4': { in: 2 },
};

const refused: Record<string, string> = {
  'innerdvations__telegram-chat-parser__error': 'FORMAT_INVALID_JSON',
  'odd-empty-file': 'FORMAT_EMPTY',
};

test('every fixture of the index is expected here', { skip: !isThere }, () => {
  const index = readFileSync(join(fixtures, 'INDEX.md'), 'utf8');
  const rows = index.split('\n').filter((line) => /^\| (?!file|---)/.test(line));
  expect(rows.length).toBeGreaterThan(20);
  expect(Object.keys({ ...expected, ...refused }).every((name) => existsSync(file(name)))).toBe(
    true,
  );
});

for (const [name, { in: messages, duplicates = 0, chats = 1 }] of Object.entries(expected)) {
  test.skipIf(!isThere)(`${name} imports whole, and the store holds as many messages`, async () => {
    await using dir = await tempDirectory();
    const cwd = dir.path;
    const imported = await run(['import', file(name), '--json', '--store', 's'], { cwd });
    expect(imported.status, imported.stderr).toBe(0);
    const { conversations } = (JSON.parse(imported.stdout) as ImportJson).imports[0] ?? {};
    expect(conversations?.length).toBe(chats);
    expect(sum(conversations, 'messages')).toBe(messages);
    expect(sum(conversations, 'duplicates')).toBe(duplicates);
    const checked = await run(['check', '--json', '--store', 's'], { cwd });
    expect(JSON.parse(checked.stdout)).toMatchObject({
      conversations: chats,
      messages: messages - duplicates,
      problems: [],
    });
    const again = await run(['import', file(name), '--json', '--store', 's'], { cwd });
    const second = (JSON.parse(again.stdout) as ImportJson).imports[0]?.conversations;
    expect(sum(second, 'added') + sum(second, 'edited')).toBe(0);
  });
}

for (const [name, code] of Object.entries(refused)) {
  test.skipIf(!isThere)(`${name} is refused with ${code}`, async () => {
    await using dir = await tempDirectory();
    const { status, stderr } = await run(['import', file(name), '--store', 's'], { cwd: dir.path });
    expect(stderr).toMatch(new RegExp(`^${code} .+\\n$`));
    expect(status).toBe(1);
    expect(existsSync(join(dir.path, 's'))).toBe(false);
  });
}

interface ImportJson {
  readonly imports: { readonly conversations: Record<string, number>[] }[];
}

function sum(conversations: Record<string, number>[] | undefined, key: string): number {
  return (conversations ?? []).reduce((total, conversation) => total + (conversation[key] ?? 0), 0);
}

function file(name: string): string {
  return join(fixtures, `${name}.json`);
}
