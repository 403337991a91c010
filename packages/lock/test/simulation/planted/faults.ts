import type { PlantedSeams } from '../ticket-protocol.ts';
import type { Mutation } from './mutants.ts';

/** A fault that the checker must find, in the source or in what the source is told by its surroundings. */
export interface PlantedFault {
  readonly what: string;
  readonly mutations?: readonly Mutation[];
  readonly seams?: PlantedSeams;
}

/** Faults in the text of the source. */
export const mutants: readonly PlantedFault[] = [
  {
    what: 'the sweep looks at the tail before it has proved anybody dead',
    mutations: [
      {
        file: 'ticket-queue.ts',
        text: '    const names = await ignoreMissing(fileSystem.list(this.directory));\n    const spent',
        wrong: `    const tail = await this.#readTail();
    const names = await ignoreMissing(fileSystem.list(this.directory));
    const spent`,
      },
      {
        file: 'ticket-queue.ts',
        text: '    const tail = await this.#readTail();\n    const isUnused',
        wrong: '    const isUnused',
      },
    ],
  },
  {
    what: 'the sweep removes the spent ticket that the tail names',
    mutations: [
      {
        file: 'ticket-queue.ts',
        text: '...spent.filter(isUnused).map(',
        wrong: '...spent.map(',
      },
    ],
  },
  {
    what: 'the sweep removes tickets that the living are about to draw',
    mutations: [
      {
        file: 'ticket-queue.ts',
        text: 'else if (await this.isAbandoned(id)) tickets.push(id);',
        wrong: 'else tickets.push(id);',
      },
    ],
  },
  {
    what: 'a tail that was not seen is made anew',
    mutations: [
      {
        file: 'ticket-queue.ts',
        text: `can miss both the old and the new one
        await pause(tries);`,
        wrong: `can miss both the old and the new one
        await fileSystem.create(\`\${this.directory}/tail.0.none\`, '').catch(() => {});`,
      },
    ],
  },
  {
    what: 'the answer to a rename decides whether a ticket was drawn',
    mutations: [
      {
        file: 'ticket-queue.ts',
        text: '      if (await this.#isDrawn(ticket)) return true;\n',
        wrong: '',
      },
    ],
  },
  {
    what: 'a ticket is written after it was drawn',
    mutations: [
      {
        file: 'ticket-queue.ts',
        text: '    if (!(await this.#write(ticket))) return undefined;\n',
        wrong: '',
      },
      {
        file: 'ticket-queue.ts',
        text: '    const { id, number } = ticket;\n',
        wrong: '    await this.#write(ticket);\n    const { id, number } = ticket;\n',
      },
    ],
  },
  {
    what: 'a ticket names those of its own key only',
    mutations: [
      {
        file: 'ticket-queue.ts',
        text: 'const after = await this.#unspent(tail.tickets, request.key);',
        wrong: `const after = (await this.#unspent(tail.tickets, request.key)).filter(
      ({ key }) => key === request.key,
    );`,
      },
    ],
  },
  {
    what: 'a ticket is spent by removing it',
    mutations: [
      {
        file: 'ticket-queue.ts',
        text: 'fileSystem.rename(this.#ticketPath(id), this.#spentPath(id))',
        wrong: 'fileSystem.unlink(this.#ticketPath(id))',
      },
    ],
  },
  {
    what: 'a spent ticket is removed at once, though the tail may name it',
    mutations: [
      {
        file: 'ticket-queue.ts',
        text: '    if (this.#tail?.tickets.some((ticket) => ticket.id === id))',
        wrong: `    await this.#removeSpent([{ id, key: '', shared: false }]);
    if (this.#tail?.tickets.some((ticket) => ticket.id === id))`,
      },
    ],
  },
  {
    what: 'after others went on, the remembered tail is tried again',
    mutations: [
      { file: 'ticket-queue.ts', text: '    this.#tail = undefined;\n', wrong: '' },
      {
        file: 'ticket-queue.ts',
        text: 'const tail = this.#tail ?? (await this.#readTail());',
        wrong: 'const tail = (this.#tail ??= await this.#readTail());',
      },
    ],
  },
  {
    what: 'a tail is made beside the old one instead of being renamed',
    mutations: [
      {
        file: 'ticket-queue.ts',
        text: 'await this.#host.fileSystem.rename(this.#tailPath(tail), this.#tailPath(ticket));',
        wrong: `await this.#host.fileSystem.create(this.#tailPath(ticket), '');
      await this.#host.fileSystem.unlink(this.#tailPath(tail));`,
      },
    ],
  },
  {
    what: 'the directory is there before its tail',
    mutations: [
      {
        file: 'ticket-queue.ts',
        text: '.new`;',
        wrong: '.new`.slice(0, this.directory.length);',
      },
    ],
  },
  {
    what: 'numbers follow the clock only',
    mutations: [
      {
        file: 'ticket-queue.ts',
        text: 'number: Math.max(last + 1, time * 1000),',
        wrong: 'number: time * 1000,',
      },
    ],
  },
  {
    what: 'strangers are taken for dead without proof',
    mutations: [
      {
        file: 'ticket-queue.ts',
        text: 'if (!stranger || !(await this.isAbandoned(stranger.id))) return left;',
        wrong: 'if (!stranger) return left;',
      },
    ],
  },
  {
    what: 'nobody looks whether the one he waits for is dead',
    mutations: [
      {
        file: 'wait.ts',
        text: 'if (await isAbandoned()) {',
        wrong: 'if (isAbandoned === undefined) {',
      },
    ],
  },
  {
    what: 'only the last of the earlier tickets is waited for',
    mutations: [
      {
        file: 'acquire.ts',
        text: 'of earlier.toReversed())',
        wrong: 'of earlier.slice(-1))',
      },
    ],
  },
  {
    what: 'who gives up leaves his ticket in the queue',
    mutations: [
      {
        file: 'acquire.ts',
        text: '    await giveBack(queue, ticket.id);\n    throw error;',
        wrong: '    throw error;',
      },
    ],
  },
  {
    what: 'a shared ticket does not exclude an exclusive one',
    mutations: [
      {
        file: 'ticket.ts',
        text: '!(one.shared && other.shared)',
        wrong: '!(one.shared || other.shared)',
      },
    ],
  },
];

/** Surroundings that break their word. */
export const lies: readonly PlantedFault[] = [
  {
    what: 'a look says once that a ticket is gone which is there',
    seams: {
      fileSystem(own) {
        let looks = 0;
        const exists = async (path: string): Promise<boolean> => {
          looks += 1;
          return (await own.exists(path)) && looks !== 2;
        };
        return { ...own, exists };
      },
    },
  },
  {
    what: 'who is looked at three times counts as dead',
    seams: {
      host(own) {
        const looks = new Map<number, number>();
        const isDead: typeof own.isDead = async (owner) => {
          looks.set(owner.pid, (looks.get(owner.pid) ?? 0) + 1);
          return (await own.isDead(owner)) || looks.get(owner.pid) === 3;
        };
        return { ...own, isDead };
      },
    },
  },
  {
    what: 'a rename says once that it is done and is not',
    seams: {
      fileSystem(own) {
        let renames = 0;
        const rename = async (from: string, to: string): Promise<void> => {
          renames += 1;
          if (renames !== 3) await own.rename(from, to);
        };
        return { ...own, rename };
      },
    },
  },
  {
    what: 'every second ticket of a process has the same name',
    seams: {
      host(own, process) {
        let drawn = 0;
        const nonce = (): string => {
          drawn += 1;
          return drawn % 2 === 0 ? `${process.pid}`.padStart(16, 'f') : process.nonce();
        };
        return { ...own, nonce };
      },
    },
  },
  {
    what: 'a rename replaces nothing, it makes a copy',
    seams: {
      fileSystem(own) {
        const rename = async (from: string, to: string): Promise<void> => {
          if (from.endsWith('.new')) await own.rename(from, to);
          else await own.create(to, await own.read(from));
        };
        return { ...own, rename };
      },
    },
  },
];
