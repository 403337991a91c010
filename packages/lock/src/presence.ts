// How a process shows others that it lives, where they can't look at its pid: a file in the lock directory.
//
// On a local file system of Linux it is a socket: the kernel answers on it even for a process that is stopped, and refuses
// once it is dead, also across pid namespaces (containers on one volume). It is removed only by its owner when he ends, or by
// somebody who was refused: so where it is gone, he is dead too. Elsewhere it is a plain file, written anew every 20 seconds:
// a heartbeat, which proves nothing, but tells people whether a machine out of reach still works.

import { randomBytes } from 'node:crypto';
import { chmodSync, closeSync, openSync, renameSync, unlinkSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { hasCode } from './errors.ts';
import type { Liveness } from './liveness.ts';
import { bootTag } from './process-token.ts';

/** The file by which this process shows that it lives. */
export interface Presence {
  readonly name: string;
  /** Takes it away: nobody shall know this process by it any more. */
  hide(): void;
}

interface PresenceOptions {
  /** Whether it can be a socket. */
  readonly sockets: boolean;
  /** Whether it must stay when the process ends. @default never */
  readonly isNeeded?: (() => boolean) | undefined;
}

/** Shows that this process lives until it ends, and keeps no program running; `undefined` where no file can be made. */
export async function showPresence(
  directory: string,
  boot: string | null,
  { sockets, isNeeded = () => false }: PresenceOptions,
): Promise<Presence | undefined> {
  await sweep(directory, boot);
  const name = `process.${bootTag(boot)}-${randomBytes(8).toString('hex')}`;
  const path = join(directory, name);
  const stop = sockets ? await listen(directory, name) : await startHeartbeat(path);
  if (!stop) return undefined;
  const hide = (): void => {
    shown.delete(hide);
    stop();
    remove(path);
  };
  shown.set(hide, isNeeded);
  if (!isListening) process.once('exit', hideAll);
  isListening = true;
  return { name, hide };
}

const shown = new Map<() => void, () => boolean>();
// one listener for all of them
let isListening = false;

function hideAll(): void {
  // who still holds locks may still work: others shall see him until the system says that he is dead
  for (const [hide, isNeeded] of shown) if (!isNeeded()) hide();
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // gone with its directory, or swept by somebody else
  }
}

/** Whether the process behind the socket of this name lives: proved by the kernel, whatever the process is doing. */
export async function knock(directory: string, name: string): Promise<Liveness> {
  if (!isPresence(name) || !(await mayAnswer(join(directory, name)))) return 'unknown';
  const descriptor = openSync(directory, 'r');
  try {
    return await connectTo(shortPath(descriptor, name));
  } finally {
    closeSync(descriptor);
  }
}

/** How long ago a heartbeat was, in milliseconds; `undefined` where there is none. */
export async function silenceMs(directory: string, name: string): Promise<number | undefined> {
  const probe = join(directory, `process.${randomBytes(8).toString('hex')}.time`);
  try {
    const { mtimeMs } = await fs.lstat(join(directory, name));
    // both times are those of the server, whatever the clocks of its clients say
    await fs.writeFile(probe, '.', { mode: MODE });
    return (await fs.lstat(probe)).mtimeMs - mtimeMs;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  } finally {
    await fs.rm(probe, { force: true });
  }
}

/** A plain file refuses too, and proves nothing by it. */
async function mayAnswer(path: string): Promise<boolean> {
  try {
    return (await fs.lstat(path)).isSocket();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return true;
    throw error;
  }
}

/** The path of a socket may have 108 bytes: that of a directory can be longer, that of its descriptor is not. */
function shortPath(descriptor: number, name: string): string {
  return `/proc/self/fd/${descriptor}/${name}`;
}

async function listen(directory: string, name: string): Promise<(() => void) | undefined> {
  const server = createServer((connection) => connection.destroy());
  // open as long as the socket, which is removed by this path
  const descriptor = openSync(directory, 'r');
  server.once('close', () => closeSync(descriptor));
  return await new Promise((resolve) => {
    const fail = (): void => {
      closeSync(descriptor);
      resolve(undefined);
    };
    server.once('error', fail);
    // exclusive: in a child of cluster the parent would listen, and live on after it
    server.listen({ path: shortPath(descriptor, `${name}.new`), exclusive: true }, () => {
      try {
        // until it listens it refuses like a dead one: it gets its name only now
        const fresh = join(directory, `${name}.new`);
        // a socket is made with what the umask leaves of 0777
        chmodSync(fresh, MODE);
        renameSync(fresh, join(directory, name));
      } catch {
        server.close();
        remove(join(directory, `${name}.new`));
        resolve(undefined);
        return;
      }
      // to run out of descriptors while others knock is no failure: the kernel has answered them
      server.off('error', fail).on('error', () => {});
      resolve(() => server.close());
    });
    server.unref();
  });
}

async function startHeartbeat(path: string): Promise<(() => void) | undefined> {
  const beat = (): Promise<void> => fs.writeFile(path, '.', { mode: MODE });
  try {
    await beat();
  } catch {
    return undefined;
  }
  const timer = setInterval(() => void beat().catch(() => {}), HEARTBEAT_MS).unref();
  return () => clearInterval(timer);
}

async function connectTo(path: string): Promise<Liveness> {
  const connection = connect(path);
  return await new Promise((resolve) => {
    connection.once('connect', () => {
      resolve('alive');
      connection.destroy();
    });
    connection.once('error', (error) => {
      // EAGAIN: earlier calls have not been taken yet, as while it is stopped
      if (hasCode(error, 'EAGAIN')) resolve('alive');
      else resolve(hasCode(error, 'ECONNREFUSED', 'ENOENT') ? 'dead' : 'unknown');
    });
  });
}

/** Removes what dead processes left; one thing that can't be removed keeps nobody from the others. */
async function sweep(directory: string, boot: string | null): Promise<void> {
  for (const name of await fs.readdir(directory)) {
    try {
      if (!(await isOver(directory, name, boot))) continue;
      const path = join(directory, name);
      if (UNFINISHED_QUEUE.test(name)) await fs.rm(path, { recursive: true, force: true });
      else await fs.unlink(path);
    } catch {
      // somebody else sweeps too
    }
  }
}

/** A queue that its maker did not finish, and the file of a process that lives no more. */
async function isOver(directory: string, name: string, boot: string | null): Promise<boolean> {
  const [, maker] = UNFINISHED_QUEUE.exec(name) ?? [];
  if (maker !== undefined) return (await knock(directory, maker)) === 'dead';
  const isNamed = isPresence(name);
  if (!isNamed && !isPresence(name.replace(/\.new$/, ''))) return false;
  const file = await fs.lstat(join(directory, name));
  const isOld = Date.now() - file.mtimeMs > DAY_MS;
  if (!isNamed || !file.isSocket()) return isOld;
  if ((await knock(directory, name)) !== 'dead') return false;
  // those of another boot stay for a while: it may be that of a container
  return isOld || name.startsWith(`process.${bootTag(boot)}-`);
}

function isPresence(name: string): boolean {
  return /^process\.[0-9a-f]{8}-[0-9a-f]{16}$/.test(name);
}

/** What is left of a queue whose maker was killed before it had its name. */
const UNFINISHED_QUEUE =
  /^v\d+-[0-9a-f]{2}\.(process\.[0-9a-f]{8}-[0-9a-f]{16})\.[0-9a-f]{16}\.new$/;
const MODE = 0o600;
const HEARTBEAT_MS = 20_000;
const DAY_MS = 24 * 60 * 60 * 1000;
