import { basename } from 'node:path';
import { takeTurn } from '../../src/acquire.ts';
import type { LockFileSystem } from '../../src/file-system.ts';
import { giveBack } from '../../src/give-back.ts';
import type { LockDirectory } from '../../src/lock-directory.ts';
import { MemoryQueue } from '../../src/memory-queue.ts';
import type { ProcessToken } from '../../src/process-token.ts';
import { type QueueHost, TicketQueue } from '../../src/ticket-queue.ts';
import type { SimulatedProcess } from './simulated-process.ts';

/** What is asked for when a lock is taken. */
export interface Wish {
  readonly key: string;
  readonly shared: boolean;
  readonly timeoutMs: number;
}

/** A lock that is held. */
export interface Held {
  readonly ticket?: string | undefined;
  /** Whether it is still there, by a look that gives way to nobody. */
  isInPlace(): boolean;
  release(): Promise<void>;
}

export interface Locker {
  acquire(wish: Wish): Promise<Held>;
}

/** Gives a simulated process the means to take locks. */
export type Protocol = (process: SimulatedProcess, surroundings: Surroundings) => Locker;

/** How a machine behaves during one schedule. */
export interface Surroundings {
  /** Whether a file is there, by a look that gives way to nobody. */
  isThere(path: string): boolean;
  /** Whether a listing takes time. */
  readonly slowListings: boolean;
  /** Whether the system tells of changes to files. */
  readonly watches: boolean;
  /** The clock of a process. */
  now(pid: number): number;
}

/** The code under test, or a copy of it into which a fault was planted. */
export interface Modules {
  readonly TicketQueue: typeof TicketQueue;
  readonly takeTurn: typeof takeTurn;
  readonly giveBack: typeof giveBack;
}

export interface PlantedSeams {
  fileSystem?(fileSystem: LockFileSystem, process: SimulatedProcess): LockFileSystem;
  host?(host: QueueHost, process: SimulatedProcess): QueueHost;
}

export const realModules: Modules = { TicketQueue, takeTurn, giveBack };

/** The real queue, the real waiting and the real giving up, over a simulated machine. */
export function ticketProtocol(
  { TicketQueue, takeTurn, giveBack }: Modules = realModules,
  planted: PlantedSeams = {},
): Protocol {
  return (process, surroundings) => {
    const own = fileSystemOf(process, surroundings);
    const fileSystem = planted.fileSystem?.(own, process) ?? own;
    const host = hostOf(process, surroundings, fileSystem);
    const queue = new TicketQueue(QUEUE, planted.host?.(host, process) ?? host);
    const directory = directoryOf(process, queue);
    return {
      async acquire({ key, shared, timeoutMs }) {
        const { ticket, leave } = await takeTurn(directory, key, { shared, timeoutMs });
        return {
          ticket: ticket.id,
          isInPlace: () => queue.isInPlace(ticket.id),
          async release() {
            try {
              await giveBack(queue, ticket.id);
            } finally {
              leave();
            }
          },
        };
      },
    };
  };
}

function fileSystemOf(
  process: SimulatedProcess,
  { isThere, slowListings, watches }: Surroundings,
): LockFileSystem {
  return {
    list: (path) => (slowListings ? process.listSlowly(path) : process.ask({ name: 'list', path })),
    read: (path) => process.ask({ name: 'read', path }),
    create: (path, text) => process.ask({ name: 'create', path, text }),
    exists: (path) => process.ask({ name: 'exists', path }),
    existsNow: isThere,
    rename: (path, to) => process.ask({ name: 'rename', path, to }),
    unlink: (path) => process.ask({ name: 'unlink', path }),
    makeDirectory: (path) => process.ask({ name: 'makeDirectory', path }),
    removeDirectory: (path) => process.ask({ name: 'removeDirectory', path }),
    sync: (path) => process.ask({ name: 'sync', path }),
    watch(path, onChange) {
      if (!watches || !isThere(path)) return undefined;
      return { close: process.watch(path, onChange) };
    },
  };
}

function hostOf(
  process: SimulatedProcess,
  { now }: Surroundings,
  fileSystem: LockFileSystem,
): QueueHost {
  return {
    fileSystem,
    owner: () => tokenOf(process.pid),
    refresh: async () => {},
    isDead: ({ pid }) => process.ask({ name: 'isDead', pid }),
    bootTag: () => '00000000',
    nonce: () => process.nonce(),
    now: () => now(process.pid),
    pause: (tries) => process.ask({ name: 'pause', tries }),
    async behindGate(_directory, work) {
      for (let tries = 1; tries <= 5; tries += 1) {
        if (await process.ask({ name: 'enterGate' })) break;
      }
      try {
        return await work();
      } finally {
        await process.ask({ name: 'leaveGate' });
      }
    },
  };
}

/** What `takeTurn` needs of a lock directory, with one queue for all keys. */
function directoryOf(process: SimulatedProcess, queue: TicketQueue): LockDirectory {
  const memoryQueues = new Map<string, MemoryQueue>();
  const directory: Pick<
    LockDirectory,
    'enter' | 'enterMemoryQueue' | 'explain' | 'judge' | 'keyOf' | 'open' | 'pathOf' | 'queueOf'
  > = {
    enter: () => () => {},
    enterMemoryQueue(key, shared, signal) {
      const line = memoryQueues.get(key) ?? new MemoryQueue();
      memoryQueues.set(key, line);
      return line.enter(shared, signal);
    },
    explain: (error) => error,
    judge: async ({ pid }) => ((await process.ask({ name: 'isDead', pid })) ? 'dead' : 'alive'),
    keyOf: (path) => basename(path),
    open: async () => tokenOf(process.pid),
    pathOf: (key) => key,
    queueOf: () => queue,
  };
  return directory as LockDirectory;
}

function tokenOf(pid: number): ProcessToken {
  return {
    machine: 'machine',
    boot: 'boot',
    namespace: null,
    pid,
    start: null,
    thread: null,
    host: 'host',
    directory: null,
    presence: null,
  };
}

export const QUEUE = 'locks/v1-00';
