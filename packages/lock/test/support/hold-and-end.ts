import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FileSystemLock } from '../../src/index.ts';

// Takes a lock, looks at its signal, and has nothing else to do. At its end, when it could still change what it locked, it
// prints whether others see that it lives.

const [file = ''] = process.argv.slice(2);
const { signal } = await FileSystemLock.acquire(file);
process.stdout.write(signal.aborted ? 'lost' : 'held');
process.on('exit', () => {
  const names = readdirSync(join(dirname(file), '.locks'));
  const isSeen = names.some((name) => name.startsWith('process.'));
  process.stdout.write(isSeen ? ' and seen' : ' and not seen');
});
