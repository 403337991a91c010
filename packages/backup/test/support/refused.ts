import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { DecryptionOptions } from '../../src/index.ts';
import { codeOf } from './errors.ts';
import { tempStore } from './store.ts';
import { treeOf } from './tree.ts';

/** Archives are put down under this name. */
export const NAME = '20261123T014500Z.tar.gz';

export interface RefusedOptions extends DecryptionOptions {
  /** @default {@link NAME} */
  readonly name?: string | undefined;
}

/**
 * Offers an archive to verify, restore and dry run, and resolves to the code with which all of them refuse it; checks that
 * nothing is changed or left, in the store, in the directory with the archives and beside them.
 */
export async function refusalOf(
  archive: Uint8Array,
  { name = NAME, ...keys }: RefusedOptions = {},
): Promise<string | undefined> {
  await using temp = await tempStore();
  const { backups, root, backupDir } = temp;
  await temp.write({ 'a.json': 'mine', 'victim.json': 'mine too' });
  await mkdir(backupDir);
  await writeFile(join(backupDir, name), archive);
  await writeFile(join(root, 'x'), 'beside');
  const before = treeOf(root);
  const [id = ''] = name.split('.');
  const elsewhere = join(root, 'elsewhere');
  const tries = [
    () => backups.verifyBackup(id, keys),
    () => backups.restoreBackup(id, { ...keys, overwrite: true }),
    () => backups.restoreBackup(id, { ...keys, to: elsewhere }),
    () => backups.restoreBackup(id, { ...keys, only: ['a.json'] }),
    () => backups.restoreBackup(id, { ...keys, dryRun: true }),
  ];
  const codes: (string | undefined)[] = [];
  for (const attempt of tries) {
    const code = await codeOf(attempt());
    // what is not refused may change something
    if (code !== undefined) expect(treeOf(root)).toEqual(before);
    codes.push(code);
  }
  if (codes.includes(undefined)) return undefined;
  expect(new Set(codes).size, codes.join(', ')).toBe(1);
  expect((await backups.listBackups()).backups).toMatchObject([{ verifiedAt: undefined }]);
  return codes[0];
}
