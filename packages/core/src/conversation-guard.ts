/** What a change may ask of the lock under which it runs. */
export interface HeldGuard {
  /** To be called right before others can see the change; throws where the lock was lost. */
  assertHeld(): void;
}

/**
 * Runs a change of one conversation while nobody else changes it, and resolves to its result. It need not be reentrant: no
 * change runs inside another.
 */
export type ConversationGuard = <T>(
  id: string,
  operation: string,
  change: (guard: HeldGuard) => Promise<T>,
) => Promise<T>;

/** For a single writer: nothing to wait for. */
export const unguarded: ConversationGuard = async (_id, _operation, change) =>
  await change({ assertHeld() {} });
