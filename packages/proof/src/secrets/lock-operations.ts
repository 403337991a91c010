import { AsyncLocalStorage } from 'node:async_hooks';
import { join } from 'node:path';
import { FileSystemLock } from '@tgstore/lock';
import { behindGate } from '../../../lock/src/gate.ts';
import { showPresence, silenceMs } from '../../../lock/src/presence.ts';
import { wrongModes } from './modes.ts';
import type { Operation, Tools } from './tools.ts';

/** Locks, some of them as only many processes or a network would take them. */
export function lockOperations({ withStore, locks, place, umask }: Tools): Operation[] {
  return [
    {
      name: 'lock timeout',
      fails: 'LOCK_TIMEOUT',
      run: async () => {
        await using _held = await FileSystemLock.acquire(join(place.store, '2'), {
          directory: locks,
        });
        // where the lock is not ours
        await outside(() => withStore((store) => store.deleteMessages('2', [1])));
      },
    },
    {
      name: 'locks, of many',
      run: () =>
        withStore((store) =>
          Promise.all(Array.from({ length: 8 }, () => store.markAsUnprocessed('3'))),
        ),
    },
    // only many at once pass through it
    {
      name: 'the gate of locks',
      run: () =>
        behindGate(locks, async () => {
          const wrong = await wrongModes([join(locks, 'gate')], umask);
          if (wrong.length > 0) throw new Error(wrong.join());
        }),
    },
    // only on file systems of a network
    {
      name: 'the heartbeat of locks',
      run: async () => {
        const presence = await showPresence(locks, null, { sockets: false });
        const wrong = await wrongModes([join(locks, presence?.name ?? '')], umask);
        await silenceMs(locks, presence?.name ?? '');
        presence?.hide();
        if (wrong.length > 0) throw new Error(wrong.join());
      },
    },
  ];
}

const outside = AsyncLocalStorage.snapshot();
