import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type LockFileSystem, nodeFileSystem } from '../../src/file-system.ts';
import { LockDirectory } from '../../src/lock-directory.ts';
import { bootTag, type ProcessToken } from '../../src/process-token.ts';
import type { Ticket } from '../../src/ticket.ts';
import { TicketQueue } from '../../src/ticket-queue.ts';
import { queueHost } from './queue-host.ts';

export interface DrawAsOptions {
  readonly shared?: boolean | undefined;
  readonly operation?: string | undefined;
  readonly now?: (() => number) | undefined;
  readonly fileSystem?: LockFileSystem | undefined;
}

/** Draws a ticket for a path as if the process of `owner` had done it, and leaves it to the test to give it back. */
export async function drawAs(
  owner: ProcessToken,
  path: string,
  { shared = false, operation, now = Date.now, fileSystem = nodeFileSystem() }: DrawAsOptions = {},
): Promise<{ queue: TicketQueue; ticket: Ticket }> {
  const directory = join(dirname(resolve(path)), '.locks');
  await mkdir(directory, { recursive: true });
  const locks = new LockDirectory(directory, { lookOnly: true });
  const key = locks.keyOf(resolve(path));
  const host = queueHost({
    fileSystem,
    owner: () => owner,
    bootTag: () => bootTag(owner.boot),
    now,
  });
  const queue = new TicketQueue(locks.queueOf(key).directory, host);
  return { queue, ticket: await queue.draw({ key, shared, operation }) };
}
