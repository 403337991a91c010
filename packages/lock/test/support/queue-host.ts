import { randomBytes } from 'node:crypto';
import { nodeFileSystem } from '../../src/file-system.ts';
import type { QueueHost } from '../../src/ticket-queue.ts';
import { ownToken } from './tokens.ts';

/** Stands for the boot that runs. */
export const BOOT = '0b007000';
/** Stands for one before it. */
export const FORMER_BOOT = '0b006000';

/** A process around a queue in which nobody is dead and nothing takes time. */
export function queueHost(overrides: Partial<QueueHost> = {}): QueueHost {
  const owner = ownToken();
  return {
    fileSystem: nodeFileSystem(),
    owner: () => owner,
    refresh: async () => {},
    isDead: async () => false,
    bootTag: () => BOOT,
    nonce: () => randomBytes(8).toString('hex'),
    now: Date.now,
    // others must get a turn, as they do while it waits
    pause: async () => await new Promise(setImmediate),
    behindGate: async (_, work) => await work(),
    ...overrides,
  };
}
