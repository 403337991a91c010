import { existsSync, writeFileSync } from 'node:fs';

/** Makes data that are kept for later runs; `marker` is the file that says that they are whole. */
export async function onlyOnce(marker: string, make: () => Promise<void>): Promise<void> {
  if (existsSync(marker)) return;
  await make();
  writeFileSync(marker, '');
}
