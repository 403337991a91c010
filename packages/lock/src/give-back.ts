/** A queue, as far as tickets go back into it. */
interface Spender {
  spend(id: string): Promise<void>;
}

/**
 * Gives a ticket back. If the disk refuses that, it rejects, and it is tried again until it works: nobody else may take a ticket
 * from the living.
 */
export async function giveBack(queue: Spender, id: string): Promise<void> {
  try {
    await queue.spend(id);
  } catch (error) {
    giveBackLater(queue, id);
    throw error;
  }
}

/** Gives a ticket back in a while, and again if need be; keeps no program running. */
export function giveBackLater(queue: Spender, id: string): void {
  const retry = (): void => void queue.spend(id).catch(() => giveBackLater(queue, id));
  setTimeout(retry, RETRY_MS).unref();
}

const RETRY_MS = 1000;
