// Makes the automatic backup of a store if one is due: back-up.ts STORE
import { AutomaticBackups } from '../../src/automatic-backups.ts';
import { openBackups } from '../../src/open-backups.ts';

const [storageDir = ''] = process.argv.slice(2);
const automatic = new AutomaticBackups({
  storageDir,
  backups: openBackups({ storageDir }),
  onError: (error) => {
    process.stderr.write(`${error}\n`);
    process.exitCode = 1;
  },
});
await automatic.beforeChange();
