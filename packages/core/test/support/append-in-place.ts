// Adds messages to a large conversation in place, one after the other, and tells of each before and after it. With DIE_AT it kills
// itself before that call, counted while there is an undo record: append-in-place.ts STORE ID FIRST [COUNT [DIE_AT]]
import { writeSync } from 'node:fs';
import { EnhancedFileManager } from '../../src/index.ts';
import { message } from './conversations.ts';
import { watching } from './faults.ts';

const [storageDir = '', id = '', first, count = 'Infinity', dieAt] = process.argv.slice(2);
let calls = 0;
let isInForce = false;
const fileSystem = watching(({ name, args }) => {
  if (name === 'open' && args[1] === 'wx' && String(args[0]).endsWith('.undo')) isInForce = true;
  if (isInForce) calls += 1;
  if (calls === Number(dieAt)) process.kill(process.pid, 'SIGKILL');
  if (name === 'unlink') isInForce = false;
  return undefined;
});
const store = new EnhancedFileManager({
  storageDir,
  fileSystem,
  appendInPlaceFrom: 0,
  lockTimeoutMs: 60_000,
});
for (let next = Number(first); next < Number(first) + Number(count); next += 1) {
  writeSync(1, `begin ${next}\n`);
  // now and then longer than what is written at a time
  const text = `text ${next} `.padEnd(next % 5 === 0 ? 80_000 : 10, 'é');
  await store.appendMessages(id, [message(next, { text })]);
  writeSync(1, `done ${next}\n`);
}
