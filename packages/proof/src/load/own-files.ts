import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isTemporaryName } from '@tgstore/fs';

/** How many files a store has beside the conversations, and how long its change logs are. */
export interface OwnFiles {
  readonly locks: number;
  readonly others: number;
  readonly temporary: number;
  readonly changeLogBytes: number;
}

export async function countOwnFiles(storageDir: string): Promise<OwnFiles> {
  const own = join(storageDir, '.tgstore');
  const names = await namesBelow(own);
  const logs = names.filter((name) => name.startsWith('changes'));
  const sizes = await Promise.all(logs.map((name) => sizeOf(join(own, name))));
  const temporary = [...names, ...(await namesBelow(join(storageDir, 'backups')))].filter(
    isTemporary,
  );
  const lasting = names.filter((name) => !isTemporary(name));
  const locks = lasting.filter((name) => name.startsWith('locks'));
  return {
    locks: locks.length,
    others: lasting.length - locks.length,
    temporary: temporary.length,
    changeLogBytes: sizes.reduce((sum, size) => sum + size, 0),
  };
}

async function namesBelow(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  const below = entries.map(async (entry) => {
    if (!entry.isDirectory()) return [entry.name];
    const names = await namesBelow(join(directory, entry.name));
    return names.map((name) => join(entry.name, name));
  });
  return (await Promise.all(below)).flat();
}

function isTemporary(path: string): boolean {
  return isTemporaryName(path.split('/').at(-1) ?? '');
}

async function sizeOf(path: string): Promise<number> {
  return await stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
