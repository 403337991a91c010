// Writes each chat of an export of Telegram Desktop as JSON Lines, one message a line, in little memory.
//
//   node convert.mjs EXPORT OUTPUT        EXPORT: result.json, its folder, or - for standard input
//
// Exit status: 0 done, 1 failed, 2 wrong arguments, 3 done but something is missing.
import { createReadStream, createWriteStream } from 'node:fs';
import { appendFile, link, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { pipeline } from 'node:stream/promises';
import { describeReport, locateExport, openExport } from '@tgstore/formats';
import { checkMessage, ProblemList, stringifyJson } from '@tgstore/schema';

const [exportPath, output] = process.argv.slice(2);
if (!exportPath || !output) {
  console.error('usage: node convert.mjs EXPORT OUTPUT');
  process.exit(2);
}

try {
  process.exitCode = await convert();
} catch (error) {
  console.error(`${error.code ?? error.name}  ${error.message}`);
  process.exitCode = 1;
}

async function convert() {
  const source =
    exportPath === '-' ? process.stdin : createReadStream(await locateExport(exportPath));
  const reader = await openExport(source);
  await mkdir(output); // fails where it exists: nothing of an earlier run is mixed in

  let missing = 0;
  for await (const conversation of reader.conversations()) missing += await write(conversation);

  const { report } = reader;
  for (const line of describeReport(report)) console.error(`note  ${line}`);
  console.log(`${report.conversations} conversations, ${report.messages} messages`);
  return missing + report.skipped.count > 0 || report.truncated || report.damaged ? 3 : 0;
}

/** Writes `<id>.jsonl` and a line of `chats.jsonl`; resolves to how many things are missing. */
async function write({ place, messages, finish }) {
  // which chat it is stands fast only at its end
  const unfinished = join(output, 'unfinished');
  const problems = new ProblemList();
  await pipeline(lines(messages, problems), createWriteStream(unfinished));
  try {
    const { metadata } = finish();
    const file = `${encodeURIComponent(metadata.conversation_id)}.jsonl`;
    await link(unfinished, join(output, file)); // unlike a rename, it replaces nothing
    await appendFile(join(output, 'chats.jsonl'), `${stringifyJson({ file, ...metadata })}\n`);
    problems.throwIfAny();
  } catch (error) {
    console.error(`${error.code}  ${place}: ${error.message}`);
    return problems.count || 1;
  } finally {
    await rm(unfinished);
  }
  return 0;
}

async function* lines(messages, problems) {
  for await (const message of messages) {
    // integers may be larger than JSON.stringify can write
    if (checkMessage(message, String(message.id), problems)) yield `${stringifyJson(message)}\n`;
  }
}
