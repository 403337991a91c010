// Writes JSON in place, a piece at a time; it is closed only at the end: write-slowly.ts FILE PIECES
import { appendFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';

const [path = '', pieces] = process.argv.slice(2);
await appendFile(path, '{"messages":[0');
for (let piece = 1; piece <= Number(pieces); piece += 1) {
  await appendFile(path, `,{"id":${piece}},${piece}`);
  // now and then longer than a file must rest
  await setTimeout(piece % 10 === 0 ? 100 : 2);
}
await appendFile(path, ']}\n');
