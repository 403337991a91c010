// Changes a store, step after step, and tells of each before and after it, until it is killed:
// change-forever.ts STORE ROUND plain|enhanced
import { writeSync } from 'node:fs';
import type { Message } from '@tgstore/schema';
import { EnhancedFileManager, FileManager } from '../../src/index.ts';
import { conversation, incoming, message } from './conversations.ts';
import {
  appendedTexts,
  apply,
  DELETED,
  importedTexts,
  type Step,
  savedTexts,
  stepOf,
} from './crash-model.ts';

// nothing to delete or mark; the second where nothing has been saved at all
const ABSENT = new Set(['STORE_NOT_FOUND', 'STORE_NOT_A_STORE']);
const [storageDir = '', firstRound = '0', manager] = process.argv.slice(2);
const enhanced = new EnhancedFileManager({ storageDir });
const plain = new FileManager({ storageDir });
for (let round = Number(firstRound); ; round += 1) {
  writeSync(1, `begin ${round}\n`);
  const step = stepOf(round);
  await (manager === 'enhanced' ? run(step) : runPlain(step)).catch((error) => {
    if (!ABSENT.has(error.code)) throw error;
  });
  writeSync(1, `done ${round}\n`);
}

async function run({ kind, id, round }: Step): Promise<void> {
  if (kind === 'save') {
    const saved = conversation(id, toMessages(round, savedTexts(round)));
    await enhanced.saveConversation(saved, { force: true });
  } else if (kind === 'import') {
    const messages = toMessages(round, importedTexts(round)).reverse();
    await using staged = await enhanced.stageImport(incoming({ id, messages }));
    await staged.commit();
  } else if (kind === 'merge') {
    await enhanced.mergeConversation(conversation(id, toMessages(round, importedTexts(round))));
  } else if (kind === 'append') {
    await enhanced.appendMessages(id, toMessages(round, appendedTexts(round)));
  } else if (kind === 'delete-messages') {
    await enhanced.deleteMessages(id, DELETED);
  } else {
    await markOrDelete(enhanced, id, kind);
  }
}

/** Without locks, log and merging: what the step makes of the conversation is saved. */
async function runPlain(step: Step): Promise<void> {
  const { kind, id, round } = step;
  if (kind === 'processed' || kind === 'unprocessed' || kind === 'delete') {
    await markOrDelete(plain, id, kind);
    return;
  }
  const loaded = await plain.loadConversation(id).catch((error) => {
    if (!ABSENT.has(error.code)) throw error;
    return undefined;
  });
  const texts = [...(loaded?.messages ?? [])].map(([key, { text }]) => [key, text ?? '']);
  const before = loaded && { status: 'unprocessed' as const, texts: Object.fromEntries(texts) };
  const after = apply(before, step);
  if (!after || after === before) return;
  await plain.saveConversation(conversation(id, toMessages(round, after.texts)), { force: true });
}

async function markOrDelete(
  files: FileManager,
  id: string,
  kind: 'processed' | 'unprocessed' | 'delete',
): Promise<void> {
  if (kind === 'delete') await files.deleteConversation(id);
  else await files[kind === 'processed' ? 'markAsProcessed' : 'markAsUnprocessed'](id);
}

function toMessages(round: number, texts: Readonly<Record<string, string>>): Message[] {
  const edit_date = new Date(Date.UTC(2024, 0) + round * 1000).toISOString();
  return Object.entries(texts).map(([key, text]) => message(Number(key), { text, edit_date }));
}
