import { hasCode } from '../../../src/errors.ts';
import type { SimulatedProcess } from '../simulated-process.ts';
import type { Held, Locker, Protocol, Wish } from '../ticket-protocol.ts';

export interface EpochOptions {
  /** How many states before the last one are kept. */
  readonly keep: number;
  /** Believes `link` that the state is in place, instead of looking for it in the last state that is there. */
  readonly trustsLink: boolean;
  /** Removes the last state, too, when nobody holds or waits. */
  readonly removesLast: boolean;
}

interface Token {
  readonly id: string;
  readonly pid: number;
  readonly shared: boolean;
}

/** The text of `s.<number>`, which never changes: who holds and who waits. */
interface State {
  readonly holders: readonly Token[];
  readonly queue: readonly Token[];
}

/**
 * The protocol that this package did not take: one state after the other in numbered files, with `link` as compare-and-swap.
 * With `trustsLink` or `removesLast` it is wrong, and the checker must see it; without them it must find nothing.
 */
export function epochProtocol(options: EpochOptions): Protocol {
  return (process) => new EpochLocker(process, options);
}

class EpochLocker implements Locker {
  readonly #process: SimulatedProcess;
  readonly #options: EpochOptions;

  constructor(process: SimulatedProcess, options: EpochOptions) {
    this.#process = process;
    this.#options = options;
  }

  async acquire({ key, shared }: Wish): Promise<Held> {
    const directory = `locks/${key}`;
    const { pid } = this.#process;
    const token = { id: this.#process.nonce(), pid, shared };
    const isOwn = ({ id }: Token): boolean => id === token.id;
    await unless('EEXIST', this.#process.ask({ name: 'makeDirectory', path: directory }));
    const enter = ({ holders, queue }: State): State => {
      const isThere = [...holders, ...queue].some(isOwn);
      return admit({ holders, queue: isThere ? queue : [...queue, token] });
    };
    await this.#change(directory, enter, ({ holders }) => holders.some(isOwn));
    const leave = ({ holders, queue }: State): State =>
      admit({ holders: holders.filter((other) => !isOwn(other)), queue });
    return {
      isInPlace: () => true,
      release: () => this.#change(directory, leave, ({ holders }) => !holders.some(isOwn)),
    };
  }

  /** Changes the last state, until it is as wanted. */
  async #change(
    directory: string,
    change: (state: State) => State,
    isDone: (state: State) => boolean,
  ): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      const last = await this.#readLast(directory);
      if (last && isDone(last.state)) return;
      const next = last && change(await this.#withoutDead(last.state));
      if (last && next && JSON.stringify(next) !== JSON.stringify(last.state)) {
        const isPut = await this.#put(directory, last.number + 1, next);
        if (isPut && this.#options.trustsLink && isDone(next)) return;
      }
      await this.#process.ask({ name: 'pause', tries });
    }
  }

  /** The last state; `undefined` if others changed it meanwhile. */
  async #readLast(directory: string): Promise<{ number: number; state: State } | undefined> {
    const number = await this.#lastNumber(directory);
    if (number === 0) return { number, state: { holders: [], queue: [] } };
    const path = `${directory}/s.${number}`;
    const text = await unless('ENOENT', this.#process.ask<string>({ name: 'read', path }));
    const isStillLast = (await this.#lastNumber(directory)) === number;
    return text !== undefined && isStillLast ? { number, state: JSON.parse(text) } : undefined;
  }

  async #lastNumber(directory: string): Promise<number> {
    return Math.max(0, ...(await this.#numbersIn(directory)));
  }

  async #numbersIn(directory: string): Promise<number[]> {
    const names = await this.#process.ask<string[]>({ name: 'list', path: directory });
    return names.filter((name) => name.startsWith('s.')).map((name) => Number(name.slice(2)));
  }

  async #withoutDead({ holders, queue }: State): Promise<State> {
    const dead = new Set<number>();
    for (const { pid } of [...holders, ...queue]) {
      if (await this.#process.ask({ name: 'isDead', pid })) dead.add(pid);
    }
    const living = (tokens: readonly Token[]): Token[] =>
      tokens.filter(({ pid }) => !dead.has(pid));
    return { holders: living(holders), queue: living(queue) };
  }

  /** Whether the state came in place, as far as `link` says. */
  async #put(directory: string, number: number, state: State): Promise<boolean> {
    const process = this.#process;
    const path = `locks/temporary.${process.nonce()}`;
    const to = `${directory}/s.${number}`;
    await process.ask({ name: 'create', path, text: JSON.stringify(state) });
    let isPut = true;
    try {
      await process.ask({ name: 'link', path, to });
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error;
      isPut = false;
    }
    await process.ask({ name: 'unlink', path });
    if (isPut) await this.#clean(directory, number, state);
    return isPut;
  }

  async #clean(directory: string, last: number, { holders, queue }: State): Promise<void> {
    const { keep, removesLast } = this.#options;
    const isEmpty = holders.length + queue.length === 0;
    for (const number of await this.#numbersIn(directory)) {
      const isOld = number < last - keep;
      if (!isOld && !(number === last && isEmpty && removesLast)) continue;
      const path = `${directory}/s.${number}`;
      await unless('ENOENT', this.#process.ask({ name: 'unlink', path }));
    }
  }
}

/** Lets in whose turn it is, in order. */
function admit({ holders, queue }: State): State {
  const [first, ...rest] = queue;
  const isFree = first?.shared ? holders.every(({ shared }) => shared) : holders.length === 0;
  return first && isFree
    ? admit({ holders: [...holders, first], queue: rest })
    : { holders, queue };
}

async function unless<T>(code: string, call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (hasCode(error, code)) return undefined;
    throw error;
  }
}
