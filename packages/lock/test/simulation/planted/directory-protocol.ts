import { hasCode } from '../../../src/errors.ts';
import type { Protocol } from '../ticket-protocol.ts';

/**
 * A directory as lock, taken over from the dead as proper-lockfile does it: look whose it is, remove it, make it. Even with a
 * proof of death instead of a look at the clock it is wrong: between look and removal somebody else may have taken it over.
 */
export const directoryProtocol: Protocol = (process) => ({
  async acquire({ key }) {
    const path = `locks/${key}.lock`;
    const isMade = async (): Promise<boolean> => {
      try {
        await process.ask({ name: 'makeDirectory', path });
        return true;
      } catch (error) {
        if (hasCode(error, 'EEXIST')) return false;
        throw error;
      }
    };
    const removeIfDead = async (): Promise<void> => {
      const pid = await process.ask<number>({ name: 'makerOf', path });
      if (!(await process.ask({ name: 'isDead', pid }))) return;
      await process.ask({ name: 'removeDirectory', path });
    };
    for (let tries = 1; !(await isMade()); tries += 1) {
      await ignoreMissing(removeIfDead());
      await process.ask({ name: 'pause', tries });
    }
    return {
      isInPlace: () => true,
      // as it does, whoever made the directory that is there by now
      release: () => ignoreMissing(process.ask({ name: 'removeDirectory', path })),
    };
  },
});

async function ignoreMissing(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
}
