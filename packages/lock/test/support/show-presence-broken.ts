import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { systemError } from '@tgstore/testkit';

// Shows its presence on a disk that lets nothing be renamed, and prints what came of it.

fs.renameSync = () => {
  throw systemError('EIO', 'rename');
};
syncBuiltinESMExports();
const { showPresence } = await import('../../src/presence.ts');
const [directory = ''] = process.argv.slice(2);
const presence = await showPresence(directory, 'boot', { sockets: true });
process.stdout.write(presence?.name ?? 'none');
