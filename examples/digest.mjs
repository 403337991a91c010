// A processor for `tgstore process`: writes a Markdown digest of the conversation on standard input.
//
//   tgstore process --exec 'node digest.mjs digests/'
//
// The conversation comes as its file has it: one message a line, the metadata in the last line. So it can be read line by
// line, in little memory, without tgstore.
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';

const [directory = 'digests'] = process.argv.slice(2);
const senders = new Map();
const days = new Map();
const media = new Map();
const links = [];
let metadata = {};

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  if (line.startsWith('"metadata":')) {
    metadata = JSON.parse(`{${line}`).metadata;
  } else if (line.startsWith('"')) {
    const text = line.endsWith(',') ? line.slice(0, -1) : line;
    for (const message of Object.values(JSON.parse(`{${text}}`))) take(message);
  }
}

// the file name is the store's: it is safe on every system
const name = basename(process.env.TGSTORE_CONVERSATION_FILE ?? 'conversation.json');
mkdirSync(directory, { recursive: true });
writeFileSync(join(directory, name.replace(/_unprocessed\.json$/, '.md')), digest());

function take(message) {
  if (message.sender_name) count(senders, message.sender_name);
  if (message.date) count(days, message.date.slice(0, 10));
  if (message.media_type) count(media, message.media_type);
  for (const { type, offset, length, url } of message.entities ?? []) {
    if (type === 'link') links.push(message.text.slice(offset, offset + length));
    else if (url) links.push(url);
  }
}

function digest() {
  const dates = [...days.keys()].sort();
  const [busiest] = top(days, 1);
  return [
    `# ${escapeMarkdown(metadata.name ?? metadata.conversation_id)}`,
    '',
    `${metadata.message_count} messages${dates.length > 0 ? `, ${dates[0]} to ${dates.at(-1)}` : ''}.`,
    ...(busiest ? [`The busiest day was ${busiest[0]} with ${busiest[1]} messages.`] : []),
    ...section('Who wrote', top(senders, 10)),
    ...section('Media', top(media, 10)),
    ...(links.length > 0
      ? ['', '## Last links', '', ...links.slice(-10).map((url) => `- <${url}>`)]
      : []),
    '',
  ].join('\n');
}

function section(title, entries) {
  if (entries.length === 0) return [];
  return [
    '',
    `## ${title}`,
    '',
    ...entries.map(([key, number]) => `- ${escapeMarkdown(key)}: ${number}`),
  ];
}

function top(counts, limit) {
  return [...counts].sort((a, b) => b[1] - a[1]).slice(0, limit);
}

function count(counts, key) {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function escapeMarkdown(text) {
  return String(text)
    .replace(/[\\`*_[\]<>#|]/g, '\\$&')
    .replace(/\s+/g, ' ');
}
