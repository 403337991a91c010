// Writes the texts of each conversation as documents for a search index, one JSON a line, and stays to do so again for
// each that changes. Run as many as you like; kill them as you like.
//
//   node worker.mjs STORE OUTPUT          SIGTERM or Ctrl-C: takes no more, finishes what it has in hand, exits with 0
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { EnhancedFileManager, encodeId } from '@tgstore/core';

const [storageDir, output] = process.argv.slice(2);
if (!storageDir || !output) {
  console.error('usage: node worker.mjs STORE OUTPUT');
  process.exit(2);
}

const drain = new AbortController();
// only the first: the second ends the process, which loses nothing either
for (const name of ['SIGTERM', 'SIGINT']) process.once(name, () => drain.abort());

const store = new EnhancedFileManager({ storageDir });
await mkdir(output, { recursive: true });
console.error(`${process.pid}  waiting for conversations in ${storageDir}`);
await store.processAsTheyCome(work, { drainSignal: drain.signal, onResult });

// A worker that is killed after its output, but before the conversation is marked as processed, leaves it to another one.
// So the output is made such that making it twice is the same as making it once: one file for each conversation, replaced
// as a whole. Nobody else has the conversation in hand, so the name of the unfinished file can be a fixed one.
async function work(conversation, { signal }) {
  const file = join(output, `${encodeId(conversation.id)}.jsonl`);
  await writeFile(`${file}.unfinished`, documents(conversation), { signal, flush: true });
  await rename(`${file}.unfinished`, file);
}

async function* documents(conversation) {
  for await (const { id, date, sender_name, text } of conversation.messages()) {
    if (!text) continue;
    yield `${JSON.stringify({ id: `${conversation.id}/${id}`, date, sender_name, text })}\n`;
  }
}

function onResult(id, { status, error }) {
  if (status === 'processed') console.log(`${process.pid}  ${id}`);
  // what fails is tried again: after 1 s, 2 s, …, up to an hour, ten times
  if (status === 'failed') console.error(`${process.pid}  ${id} failed: ${error.message}`);
}
