import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Modules } from '../ticket-protocol.ts';

/** A fault in the source: `text`, which is there once, becomes `wrong`. */
export interface Mutation {
  readonly file: (typeof FILES)[number];
  readonly text: string;
  readonly wrong: string;
}

/** Loads a copy of the source into which faults were planted; `directory` is empty and for this copy alone. */
export async function loadMutant(
  directory: string,
  mutations: readonly Mutation[],
): Promise<Modules> {
  for (const file of FILES) {
    let text = await readFile(new URL(file, SOURCE), 'utf8');
    for (const mutation of mutations) if (mutation.file === file) text = mutate(text, mutation);
    await writeFile(join(directory, file), withImportsFromSource(text));
  }
  const load = (file: string): Promise<unknown> =>
    import(/* @vite-ignore */ pathToFileURL(join(directory, file)).href);
  const [{ TicketQueue }, { takeTurn }, { giveBack }] = (await Promise.all([
    load('ticket-queue.ts'),
    load('acquire.ts'),
    load('give-back.ts'),
  ])) as [Pick<Modules, 'TicketQueue'>, Pick<Modules, 'takeTurn'>, Pick<Modules, 'giveBack'>];
  return { TicketQueue, takeTurn, giveBack };
}

function mutate(source: string, { file, text, wrong }: Mutation): string {
  const [before, after, ...more] = source.split(text);
  if (before === undefined || after === undefined || more.length > 0) {
    throw new TypeError(`${file} does not have this once, plant it anew: ${text}`);
  }
  return before + wrong + after;
}

/** All but the copied files are taken from where they are. */
function withImportsFromSource(text: string): string {
  return text.replaceAll(/from '\.\/([\w-]+\.ts)'/g, (clause, file) =>
    FILES.some((copied) => copied === file) ? clause : `from '${new URL(file, SOURCE).pathname}'`,
  );
}

const FILES = ['ticket-queue.ts', 'acquire.ts', 'give-back.ts', 'wait.ts', 'ticket.ts'] as const;
const SOURCE = new URL('../../../src/', import.meta.url);
