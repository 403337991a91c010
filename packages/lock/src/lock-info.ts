import type { Liveness } from './liveness.ts';
import type { ProcessToken } from './process-token.ts';

/** One who holds a lock or waits for it. */
export interface LockInfo {
  /** Absolute path of what is locked. */
  readonly path: string;
  /** Whether it has the lock or waits for it. */
  readonly state: 'held' | 'waiting';
  /** Whether it lets others in who ask for it shared. */
  readonly kind: 'shared' | 'exclusive';
  /** Process id on its host. */
  readonly pid: number;
  /** Name of its machine. */
  readonly host: string;
  /** When it began to wait, or took the lock without waiting; ISO 8601, UTC, by the clock of its host. */
  readonly since: string;
  /** What it is doing, in its own words. */
  readonly operation: string | undefined;
  /** What is proved about its process. */
  readonly liveness: Liveness;
  /** Grows with every ticket drawn, so that what a former holder sends late can be told from what the present one sends. */
  readonly fencingNumber: number;
  /** The process itself. */
  readonly owner: ProcessToken;
  /** Names this very holding or waiting, and never another one. */
  readonly ticket: string;
}
