import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readAll } from './support/read.ts';

// exports of other people, kept beside the checkout; INDEX.md there says what must come out
const FOLDER = fileURLToPath(new URL('../../../../shared/fixtures/', import.meta.url));
const isThere = existsSync(FOLDER);

/** Messages that must come out, by conversation id. */
const EXPECTED: Record<string, Record<string, number>> = {
  'frozenspider__chat-history-manager__telegram_2020-01': {
    '-8123123123': 31,
    '9777777777': 12,
    '26045049': 5,
    '9333333333': 2,
  },
  'frozenspider__chat-history-manager__telegram_2021-06_supergroup': { '-1001234567890': 4 },
  'frozenspider__chat-history-manager__telegram_2023-01': { '-123123123': 6 },
  'frozenspider__chat-history-manager__telegram_2024-01_inline-bot-buttons': { '123123123': 5 },
  'frozenspider__chat-history-manager__telegram_2024-08': { '-1000123123123': 4 },
  'frozenspider__chat-history-manager__telegram_2025-12': { '-123123123': 5, '-1000123456789': 1 },
  'innerdvations__telegram-chat-parser__bot': { '9999999999': 2 },
  'innerdvations__telegram-chat-parser__error-unexpected': { '9999999999': 16 },
  'innerdvations__telegram-chat-parser__personal': { '5555555555': 0 },
  'innerdvations__telegram-chat-parser__public_channel': { '-1035854509852': 7 },
  'innerdvations__telegram-chat-parser__saved': { '9999999999': 21 },
  'mdemyanov__tg-parser__personal_chat': { '123456789': 5 },
  'mdemyanov__tg-parser__supergroup_with_topics': { '-1000987654321': 7 },
  'mlomb__chat-analytics__DM_2A_7M': { '700000000': 8 },
  'mlomb__chat-analytics__MultiChat_2C_6M': { '700000001': 2, '-700000002': 4 },
  'odd-albums-no-grouping': { '-1001000000001': 2 },
  'odd-bom': { '-1001000000001': 1 },
  'odd-control-chars': { '-1001000000001': 2 },
  'odd-line-separators': { '-1001000000001': 2 },
  'odd-migrated-negative-ids': { '-1001000000001': 4 },
  'odd-no-messages': { '1': 0 },
  'odd-null-names': { '5': 4 },
  'odd-old-v1.5-numeric-ids': { '-122411086': 1 },
  'odd-old-v2.4-shifted-ids': { '-1001122411086': 2 },
  'odd-rich-message-v7': { '-1001000000001': 2 },
  'odd-send-webview-data-duplicate-key': { '1000000001': 1 },
  'odd-unquoted-document-id-v4.0.4': { '-1001000000001': 2 },
  'sanccio__telegram-statistics__test_data_1': { '1': 3 },
};

const REFUSED: Record<string, string> = {
  'innerdvations__telegram-chat-parser__error': 'FORMAT_INVALID_JSON',
  'odd-empty-file': 'FORMAT_EMPTY',
};

const read = (name: string) => readAll(readFileSync(`${FOLDER}${name}.json`));

describe.runIf(isThere)('real and odd exports', () => {
  test.each(Object.entries(EXPECTED))('%s', async (name, messages) => {
    const { conversations, report } = await read(name);
    const counts = conversations.map(({ metadata, messages: all }) => [
      metadata.conversation_id,
      all.length,
    ]);
    expect(Object.fromEntries(counts)).toEqual(messages);
    expect(report.skipped.count).toBe(0);
    expect(report.truncated ?? report.damaged).toBeUndefined();
  });

  test.each(Object.entries(REFUSED))('%s is refused', async (name, code) => {
    await expect(read(name)).rejects.toMatchObject({ code });
  });

  test('are all named here', () => {
    const names = readdirSync(FOLDER)
      .filter((file) => file.endsWith('.json'))
      .map((file) => file.slice(0, -'.json'.length));
    expect(names.sort()).toEqual([...Object.keys(EXPECTED), ...Object.keys(REFUSED)].sort());
  });

  test('what is odd in them is counted', async () => {
    const repaired = async (name: string) => (await read(name)).report.repaired;
    expect(await repaired('odd-control-chars')).toMatchObject({ 'control-escape': 1 });
    expect(await repaired('odd-line-separators')).toMatchObject({ 'line-separator': 1 });
    expect(await repaired('odd-unquoted-document-id-v4.0.4')).toMatchObject({
      'unquoted-document-id': 1,
    });
    expect(await repaired('odd-send-webview-data-duplicate-key')).toMatchObject({
      'duplicate-text': 1,
    });
    const { report } = await read('innerdvations__telegram-chat-parser__error-unexpected');
    expect(report).toMatchObject({
      messages: 16,
      repaired: { 'missing-id': 1, 'wrong-type': 1 },
    });
  });
});

test.skipIf(isThere)(
  `the fixtures are not there: no folder shared/fixtures beside the checkout`,
  () => {
    expect(isThere).toBe(true);
  },
);
