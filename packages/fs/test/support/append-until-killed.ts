import { writeSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { watchCalls } from '@tgstore/testkit';
import { appendTail, nodeFileSystem } from '../../src/index.ts';
import { lastLine, nextLine } from './lines.ts';

// Appends to a file of one line and says so after each, until the n-th call, during which it kills itself.

const [path = '', undoPath = '', at = ''] = process.argv.slice(2);
const fileSystem = watchCalls(nodeFileSystem, ({ args, count }) => {
  if (count !== Number(at)) return undefined;
  return async (call) => {
    const running = call(...args);
    process.kill(process.pid, 'SIGKILL');
    return await running;
  };
});
for (let count = 1; ; count++) {
  const from = (await stat(path)).size - lastLine(count).length;
  await appendTail(path, nextLine(count), { from, undoPath, fileSystem });
  writeSync(1, `${count + 1}\n`);
}
