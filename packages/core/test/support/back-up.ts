// Makes the automatic backup of a store if one is due: back-up.ts STORE
import { AutomaticBackups, openBackups } from '../../src/index.ts';

const [storageDir = ''] = process.argv.slice(2);
await using automatic = new AutomaticBackups({
  storageDir,
  backups: openBackups({ storageDir }),
  onError: (error) => {
    throw error;
  },
});
automatic.afterChange();
