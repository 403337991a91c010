import { readdir } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { isTemporaryName } from '@tgstore/fs';
import { hasCode } from '../has-code.ts';

/**
 * Temporary files and undo records of a store. Those of backups and restores are swept by the next of these, and looked for only
 * with `everywhere`.
 */
export async function leftOvers(
  storageDir: string,
  { everywhere = false }: { readonly everywhere?: boolean } = {},
): Promise<string[]> {
  const entries = await readdir(storageDir, { recursive: true, withFileTypes: true }).catch(
    (error: unknown) => {
      if (hasCode(error, 'ENOENT')) return [];
      throw error;
    },
  );
  return entries.flatMap(({ name, parentPath }) => {
    const isLeft = isTemporaryName(name) || name.endsWith('.undo');
    const isLater = ['backups', 'restore', 'replaced'].includes(basename(parentPath));
    if (!isLeft || (isLater && (!everywhere || name.startsWith(OF_ANOTHER_BOOT)))) return [];
    return [`${relative(storageDir, join(parentPath, name))} is left over`];
  });
}

/**
 * What recovery had to move away of conversations that are there, and, with `everything`, of those that are gone: a crash alone must
 * leave nothing that needs it.
 */
export async function quarantined(
  storageDir: string,
  { everything }: { readonly everything: boolean },
): Promise<string[]> {
  const read = async (path: string): Promise<string[]> => await readdir(path).catch(() => []);
  const names = await read(storageDir);
  const moved = await read(join(storageDir, '.tgstore', 'quarantine'));
  return moved
    .filter((name) => {
      const [, encoded] = /^\.?(.+?)(?:_(?:un)?processed)?\.(?:jsonl?|undo)\./.exec(name) ?? [];
      return everything || names.some((one) => one.startsWith(`${encoded}_`));
    })
    .map((name) => `${name} is in quarantine`);
}

/** Nobody can prove that their makers are dead: they are swept after a day. */
const OF_ANOTHER_BOOT = '.tgstore-ffffffff-';
