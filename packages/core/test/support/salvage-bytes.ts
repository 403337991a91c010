import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tempDirectory } from '@tgstore/testkit';
import { type Salvaged, salvageConversation } from '../../src/salvage.ts';

export interface Salvager extends AsyncDisposable {
  (content: string | Uint8Array): Promise<Salvaged>;
}

/** Salvages contents, one after the other, from a file. */
export async function salvager(): Promise<Salvager> {
  const directory = await tempDirectory();
  const path = join(directory.path, '1_unprocessed.json');
  const salvage = async (content: string | Uint8Array) => {
    await writeFile(path, content);
    return await salvageConversation(path);
  };
  return Object.assign(salvage, {
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  });
}
