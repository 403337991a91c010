import { existsSync, readdirSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { showPresence } from '../../src/presence.ts';

// Shows its presence in a directory, prints the name of its file, and then stays or ends in one of several ways; at its end
// it prints whether others still see it.

const [directory = '', end, kind] = process.argv.slice(2);
const presence = await showPresence(directory, 'boot', {
  sockets: kind !== 'heartbeat',
  isNeeded: () => kind === 'needed',
});
process.stdout.write(presence?.name ?? 'none');
process.on('exit', () => {
  const isThere = existsSync(join(directory, presence?.name ?? 'none'));
  process.stdout.write(isThere ? ' there' : ' gone');
});
if (end === 'stay') setInterval(() => {}, 1000);
if (end === 'exit') process.exit();
if (end === 'throw') throw new Error('as wanted');
if (end === 'remove') for (const name of readdirSync(directory)) unlinkSync(join(directory, name));
