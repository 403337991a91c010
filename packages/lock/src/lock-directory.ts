import { createHash, randomBytes } from 'node:crypto';
import * as fs from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { hasCode, LockError } from './errors.ts';
import { type LockFileSystem, nodeFileSystem } from './file-system.ts';
import { networkFileSystem } from './file-system-type.ts';
import { behindGate } from './gate.ts';
import { judge, type Liveness } from './liveness.ts';
import { MemoryQueue } from './memory-queue.ts';
import { knock, type Presence, showPresence } from './presence.ts';
import { bootTag, describeProcess, nodeSystem, type ProcessToken } from './process-token.ts';
import { TicketQueue } from './ticket-queue.ts';

/** Where locks are kept. */
export interface LockDirectoryOptions {
  /** The directory in which locks are kept. @default `.locks` beside what is locked */
  readonly directory?: string | undefined;
  /**
   * Allows lock directories on NFS, SMB, FUSE and the like. There a holder on another machine is never proved dead, and
   * how well locks hold is up to the server. @default false
   */
  readonly allowNetworkFileSystem?: boolean | undefined;
}

interface OpenOptions {
  readonly allowNetwork?: boolean | undefined;
  /** Takes no locks, and leaves no trace. */
  readonly lookOnly?: boolean | undefined;
  readonly fileSystem?: LockFileSystem | undefined;
}

type Opened = { readonly [Key in keyof OpenOptions]-?: NonNullable<OpenOptions[Key]> };

/** The tie between this process and a directory with locks. */
interface Tie {
  readonly token: ProcessToken;
  readonly presence: Presence | undefined;
  /** Whether everybody who uses it runs on this machine. */
  readonly isLocal: boolean;
  readonly bootTag: string;
  /** Inode and device, to see that the directory was replaced. */
  readonly identity: string;
}

/**
 * A directory with locks. Keys are spread over a fixed number of queues, so that what is left behind is bounded however
 * many keys there were; two keys in one queue do not wait for each other.
 */
export class LockDirectory {
  /** Absolute path. */
  readonly path: string;
  readonly #options: Opened;
  readonly #queues = new Map<string, TicketQueue>();
  readonly #memoryQueues = new Map<string, MemoryQueue>();
  #tie: Promise<Tie> | undefined;
  #tied: Tie | undefined;
  #users = 0;
  #idle: NodeJS.Timeout | undefined;

  constructor(
    path: string,
    { allowNetwork = false, lookOnly = false, fileSystem = nodeFileSystem() }: OpenOptions = {},
  ) {
    this.path = path;
    this.#options = { allowNetwork, lookOnly, fileSystem };
  }

  /** Makes the directory where it is missing, and shows this process in it; resolves to how others will know it. */
  async open(): Promise<ProcessToken> {
    return (await this.#open()).token;
  }

  /**
   * Keeps this process visible in the directory until the function is called that it returns, and a moment longer, since it may
   * come again. After that nothing here is open any more.
   */
  enter(): () => void {
    this.#users += 1;
    clearTimeout(this.#idle);
    let isInside = true;
    return () => {
      if (!isInside) return;
      isInside = false;
      this.#users -= 1;
      if (this.#users === 0) this.#idle = setTimeout(() => this.#close(), IDLE_MS).unref();
    };
  }

  async judge(owner: ProcessToken): Promise<Liveness> {
    const { token, isLocal } = await this.#open();
    return await judge(owner, {
      self: token,
      system: nodeSystem,
      directory: token.directory,
      ask: async (presence) => (isLocal ? await knock(this.path, presence) : 'unknown'),
    });
  }

  /** What a failure of the file system means here. */
  explain(error: unknown): unknown {
    if (!hasCode(error, 'EROFS', 'EACCES', 'EPERM')) return error;
    const { message } = error as Error;
    const text = `locks are kept in ${this.path}, which can't be written (${message}); make it writable, or keep them in another directory`;
    return new LockError('LOCK_NOT_WRITABLE', this.path, text, { cause: error });
  }

  /** The line in which the acquisitions of this process stand, see {@link MemoryQueue.enter}. */
  async enterMemoryQueue(key: string, shared: boolean, signal: AbortSignal): Promise<() => void> {
    const queue = this.#memoryQueues.get(key) ?? new MemoryQueue();
    this.#memoryQueues.set(key, queue);
    const forget = (): void => {
      if (queue.isEmpty) this.#memoryQueues.delete(key);
    };
    try {
      const leave = await queue.enter(shared, signal);
      return () => {
        leave();
        forget();
      };
    } catch (error) {
      forget();
      throw error;
    }
  }

  /** The queue in which the tickets for a key stand. */
  queueOf(key: string): TicketQueue {
    const stripe = createHash('sha256').update(key).digest()[0] ?? 0;
    return this.#queue(QUEUE_PREFIX + (stripe % QUEUES).toString(16).padStart(2, '0'));
  }

  /** The queues that exist. */
  async queues(): Promise<TicketQueue[]> {
    const names = await fs.readdir(this.path);
    return names
      .filter((name) => QUEUE_NAME.test(name))
      .sort()
      .map((name) => this.#queue(name));
  }

  /** A path, as keys name it: relative, so that a store can be reached by several paths. */
  keyOf(path: string): string {
    const key = relative(this.path, path);
    return sep === '\\' && !isAbsolute(key) ? key.replaceAll('\\', '/') : key;
  }

  pathOf(key: string): string {
    return resolve(this.path, key);
  }

  #queue(name: string): TicketQueue {
    const known = this.#queues.get(name);
    if (known) return known;
    const queue = new TicketQueue(join(this.path, name), {
      fileSystem: this.#options.fileSystem,
      owner: () => this.#current().token,
      refresh: () => this.#refresh(),
      isDead: async (owner) => (await this.judge(owner)) === 'dead',
      bootTag: () => this.#current().bootTag,
      nonce: () => randomBytes(8).toString('hex'),
      now: Date.now,
      pause,
      behindGate,
    });
    this.#queues.set(name, queue);
    return queue;
  }

  #current(): Tie {
    if (!this.#tied) throw new TypeError('open() the lock directory first');
    return this.#tied;
  }

  /** Who replaced the directory has made void the tokens that name the former one. */
  async #refresh(): Promise<void> {
    try {
      if ((await identify(this.path)).identity === this.#tied?.identity) return;
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error;
    }
    this.#close();
    await this.#open();
  }

  #close(): void {
    this.#tie = undefined;
    // tickets in a directory that was moved away, and may come back, still name it
    if (this.#users === 0) this.#tied?.presence?.hide();
  }

  async #open(): Promise<Tie> {
    this.#tie ??= this.#tieTo();
    try {
      this.#tied = await this.#tie;
      return this.#tied;
    } catch (error) {
      this.#tie = undefined;
      throw this.explain(error);
    }
  }

  async #tieTo(): Promise<Tie> {
    const { allowNetwork, lookOnly } = this.#options;
    if (!lookOnly) await makeDirectory(this.path);
    const network = await networkFileSystem(this.path);
    if (network !== undefined && !allowNetwork) throw onNetwork(this.path, network);
    const self = describeProcess();
    const { inode, identity } = await identify(this.path);
    const isLocal = network === undefined;
    const sockets = isLocal && nodeSystem.platform === 'linux';
    const isNeeded = (): boolean => this.#users > 0;
    const options = { sockets, isNeeded };
    const presence = lookOnly ? undefined : await showPresence(this.path, self.boot, options);
    // inodes can differ between the machines that share a network file system
    // the open socket also keeps the inode: on some disks (overlayfs) it changes when nobody has the directory open
    const directory = isLocal && (lookOnly || presence) ? inode : null;
    const token = { ...self, directory, presence: presence?.name ?? null };
    return { token, presence, isLocal, bootTag: bootTag(self.boot), identity };
  }
}

/** The lock directory for a path, one object for each in a process. */
export function lockDirectoryFor(
  path: string,
  { directory, allowNetworkFileSystem = false }: LockDirectoryOptions,
): LockDirectory {
  const place = resolve(directory ?? join(dirname(resolve(path)), DEFAULT_NAME));
  const id = `${allowNetworkFileSystem} ${place}`;
  const known =
    directories.get(id) ?? new LockDirectory(place, { allowNetwork: allowNetworkFileSystem });
  directories.set(id, known);
  return known;
}

// a process has one presence in each, and draws its tickets one after the other
const directories = new Map<string, LockDirectory>();

async function makeDirectory(path: string): Promise<void> {
  try {
    await fs.mkdir(path, { mode: 0o700 });
  } catch (error) {
    // a read-only file system says so even where the directory is there
    if (!hasCode(error, 'EEXIST')) throw error;
  }
}

async function identify(path: string): Promise<{ inode: string; identity: string }> {
  const { ino, dev } = await fs.stat(path, { bigint: true });
  return { inode: String(ino), identity: `${dev} ${ino}` };
}

/** 1 to 2 ms after the first try, up to 50 ms after many. */
async function pause(tries: number): Promise<void> {
  await delay(Math.min(2 ** Math.min(tries, 10), 50) * (0.5 + Math.random() / 2));
}

function onNetwork(path: string, type: string): LockError {
  const message = `${path} is on a network file system (${type}), where locks may not hold; keep them on a local disk, or set allowNetworkFileSystem after reading its limits`;
  return new LockError('LOCK_NETWORK_FILE_SYSTEM', path, message);
}

const IDLE_MS = 1000;
const DEFAULT_NAME = '.locks';
const QUEUES = 16;
const QUEUE_PREFIX = 'v1-';
const QUEUE_NAME = /^v1-[0-9a-f]{2}$/;
