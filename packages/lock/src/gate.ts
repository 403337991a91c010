import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/**
 * Runs `work` while others who come this way wait outside, as a rule: where many compete for one directory, it spares them
 * tries. Nothing rests on it: where the gate can't be taken, `work` runs all the same.
 */
export async function behindGate<T>(directory: string, work: () => Promise<T>): Promise<T> {
  const leave = await enter(directory);
  try {
    return await work();
  } finally {
    await leave().catch(() => {});
  }
}

async function enter(directory: string): Promise<() => Promise<void>> {
  try {
    const { lock } = await load();
    // its registry is keyed by this name, whatever the lock path: no two of ours may share one
    return await lock(join(directory, randomBytes(8).toString('hex')), {
      lockfilePath: join(directory, 'gate'),
      realpath: false,
      fs: withPrivateDirectories,
      stale: 2000,
      retries: { retries: 10, factor: 1.2, minTimeout: 2, maxTimeout: 10, randomize: true },
      // the default throws from a timer
      onCompromised: () => {},
    });
  } catch {
    return async () => {};
  }
}

/** It makes a directory, and says no mode. */
const withPrivateDirectories = {
  ...fs,
  mkdir: (path: string, callback: (error: NodeJS.ErrnoException | null) => void): void =>
    fs.mkdir(path, { mode: 0o700 }, callback),
};

let loaded: Promise<typeof import('proper-lockfile')> | undefined;

/** proper-lockfile, loaded when it is first needed, and without the signal handlers that it brings. */
async function load(): Promise<typeof import('proper-lockfile')> {
  loaded ??= (async () => {
    const ours = createRequire(import.meta.url);
    const theirs = createRequire(ours.resolve('proper-lockfile'));
    const isForeign = theirs.resolve('signal-exit') in theirs.cache;
    const { default: properLockfile } = await import('proper-lockfile');
    // on a signal it would end the process in its own way; the gate needs no cleaning up
    if (!isForeign) theirs('signal-exit').unload();
    return properLockfile;
  })();
  return await loaded;
}
