import { writeSync } from 'node:fs';
import type { Message } from '@tgstore/schema';
import { FileManager } from '../../src/index.ts';
import { conversation, incoming, message } from './conversations.ts';
import { importedTexts, type Step, savedTexts, stepOf } from './crash-model.ts';

// Changes a store, step after step, and tells of each before and after it, until it is killed.

// nothing to delete or mark; the second where nothing has been saved at all
const ABSENT = new Set(['STORE_NOT_FOUND', 'STORE_NOT_A_STORE']);
const [storageDir = '', firstRound = '0'] = process.argv.slice(2);
const files = new FileManager({ storageDir });
for (let round = Number(firstRound); ; round += 1) {
  writeSync(1, `begin ${round}\n`);
  await run(stepOf(round)).catch((error) => {
    if (!ABSENT.has(error.code)) throw error;
  });
  writeSync(1, `done ${round}\n`);
}

async function run({ kind, id, round }: Step): Promise<void> {
  const edit_date = new Date(Date.UTC(2024, 0) + round * 1000).toISOString();
  const toMessages = (texts: Record<string, string>): Message[] =>
    Object.entries(texts).map(([key, text]) => message(Number(key), { text, edit_date }));
  if (kind === 'save') {
    await files.saveConversation(conversation(id, toMessages(savedTexts(round))), { force: true });
  } else if (kind === 'import') {
    const messages = toMessages(importedTexts(round)).reverse();
    await using staged = await files.stageImport(incoming({ id, messages }));
    await staged.commit();
  } else if (kind === 'delete') {
    await files.deleteConversation(id);
  } else {
    await files[kind === 'processed' ? 'markAsProcessed' : 'markAsUnprocessed'](id);
  }
}
