import { join } from 'node:path';
import { createRandom } from '@tgstore/testkit';
import { type BackupContents, BackupManager } from '../../src/index.ts';

// Makes and verifies a backup of so many files of that size, and prints how much the memory grew meanwhile.

const [directory = '', files = '', size = ''] = process.argv.slice(2);
const random = createRandom(1);
const chunk = Buffer.from(Array.from({ length: 65_536 }, () => random.int(0, 255)));

const contents: BackupContents = {
  accepts: () => true,
  workDirectory: join(directory, '.restore'),
  async *snapshots() {
    for (let index = 0; index < Number(files); index++) {
      yield {
        name: `${index}.json`,
        size: Number(size),
        facts: {},
        async *bytes() {
          for (let left = Number(size); left > 0; left -= chunk.length)
            yield chunk.subarray(0, left);
        },
        async [Symbol.asyncDispose]() {},
      };
    }
  },
  put: () => Promise.reject(new Error('nothing is restored')),
  wouldPut: () => Promise.reject(new Error('nothing is restored')),
};

const backups = new BackupManager({ storageDir: directory, contentsOf: () => contents });
const before = process.resourceUsage().maxRSS;
const { id, counts } = await backups.createBackup();
await backups.verifyBackup(id);
const grownBy = (process.resourceUsage().maxRSS - before) * 1024;
process.stdout.write(JSON.stringify({ counts, grownBy }));
