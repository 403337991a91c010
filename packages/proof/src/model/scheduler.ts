// Holds every call that reaches the disk back until it lets it go, so that the order of the calls of several clients comes from a seed.

import { AsyncLocalStorage } from 'node:async_hooks';
import { type FileSystem, nodeFileSystem } from '@tgstore/fs';
import { type Random, watchCalls } from '@tgstore/testkit';

interface Waiting {
  readonly client: number;
  readonly call: string;
  readonly go: () => void;
}

export class Scheduler {
  /** The disk, for those whose calls are held back. */
  readonly fileSystem: FileSystem;
  /** The calls in the order in which they were let go. */
  readonly trace: string[] = [];
  readonly #random: Random;
  /** How likely it is that another client comes next. */
  readonly #switches: number;
  readonly #client = new AsyncLocalStorage<number>();
  #waiting: Waiting[] = [];
  #last = 0;

  constructor(random: Random) {
    this.#random = random;
    this.#switches = random.pick([1, 0.3, 0.05]);
    this.fileSystem = watchCalls(nodeFileSystem, async ({ name }) => {
      const client = this.#client.getStore();
      if (client === undefined) return undefined;
      await new Promise<void>((go) => {
        this.#waiting.push({ client, call: name, go });
      });
      return undefined;
    });
  }

  /** Runs clients until all have ended. */
  async run(clients: readonly (() => Promise<void>)[]): Promise<void> {
    let ended = 0;
    const running = clients.map((client, index) =>
      this.#client.run(index, async () => {
        try {
          await client();
        } finally {
          ended += 1;
        }
      }),
    );
    const all = Promise.all(running);
    all.catch(() => {});
    while (ended < clients.length) {
      await quiet();
      this.#choose()?.go();
    }
    await all;
  }

  #choose(): Waiting | undefined {
    const clients = [...new Set(this.#waiting.map(({ client }) => client))].sort();
    if (clients.length === 0) return undefined;
    const goesOn = clients.includes(this.#last) && !this.#random.chance(this.#switches);
    if (!goesOn) this.#last = this.#random.pick(clients);
    const ofClient = this.#waiting.filter(({ client }) => client === this.#last);
    const chosen = this.#random.pick(ofClient);
    this.#waiting = this.#waiting.filter((waiting) => waiting !== chosen);
    this.trace.push(`${chosen.client} ${chosen.call}`);
    return chosen;
  }
}

/** Until nothing happens but by those who wait. What is not seen here, as compression, may still go on. */
async function quiet(): Promise<void> {
  for (let still = 0; still < 2; still += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    const isBusy = process.getActiveResourcesInfo().some((name) => name.startsWith('FSReq'));
    if (isBusy) still = -1;
  }
}
