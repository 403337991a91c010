import { open, readdir, readFile, rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Act, Actions, Options } from '../actions.ts';
import { conversationPaths, names } from '../data/files.ts';
import { inHand } from '../in-hand.ts';

/** The least that the work takes: calls of `fs.promises`, and `JSON.parse`. */
export const actions: Actions = {
  nothing: () => () => 0,

  save: (options) => save(options, 1),
  saveTogether: (options) => save(options, 8),
  saveDurably: (options) => save(options, 1, { durably: true }),
  load: (options) => load(options, 1),
  loadTogether: (options) => load(options, 8),

  async list({ data }) {
    const directory = join(data, names.store);
    await readdir(directory);
    return async () => (await readdir(directory)).length;
  },

  /** What stands between a conversation and its being processed, at least. */
  process({ work, conversations }) {
    const paths = conversationPaths(work, conversations);
    return () =>
      inHand(paths, 4, async (path) => {
        await rename(path, path.replace('_unprocessed', '_processed'));
        await syncDirectory(dirname(path));
        return 1;
      });
  },
};

/** The same bytes that we write, already encoded. */
async function save(
  { data, work, conversations }: Options,
  atATime: number,
  { durably = false } = {},
): Promise<Act> {
  const files: { path: string; bytes: Buffer }[] = [];
  for (const path of conversationPaths(data, conversations)) {
    files.push({ path: join(work, basename(path)), bytes: await readFile(path) });
  }
  const write = async ({ path, bytes }: { path: string; bytes: Buffer }): Promise<number> => {
    const temporary = `${path}.tmp`;
    const file = await open(temporary, 'wx');
    await file.writeFile(bytes);
    await file.sync();
    await file.close();
    await rename(temporary, path);
    if (durably) await syncDirectory(work);
    return 1;
  };
  await inHand(files.splice(0, 1), 1, write);
  return () => inHand(files, atATime, write);
}

async function load({ data, conversations }: Options, atATime: number): Promise<Act> {
  const paths = conversationPaths(data, conversations);
  const loadOne = async (path: string): Promise<number> =>
    Object.keys(JSON.parse(await readFile(path, 'utf8')).messages).length;
  await inHand(paths.slice(0, 20), atATime, loadOne);
  return () => inHand(paths, atATime, loadOne);
}

/** Makes what was renamed in a directory durable. */
export async function syncDirectory(path: string): Promise<void> {
  // Windows has no such call
  if (process.platform === 'win32') return;
  const directory = await open(path, 'r');
  await directory.sync();
  await directory.close();
}
