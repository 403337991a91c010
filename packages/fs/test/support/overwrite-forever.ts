import { atomicWrite, type Durability } from '../../src/index.ts';
import { contents } from './contents.ts';

// Overwrites a file with one of two contents after the other, until it is killed.

const [path = '', durability] = process.argv.slice(2);
for (let round = 0; ; round++) {
  const data = contents[round % 2] ?? '';
  await atomicWrite(path, data, { durability: durability as Durability });
  if (round === 0) process.stdout.write('started');
}
