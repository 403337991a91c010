import { BackupError } from '../../src/index.ts';

/** The code with which something fails, or the text of what else it throws; `undefined` where it does not fail. */
export async function codeOf(promise: Promise<unknown>): Promise<string | undefined> {
  try {
    await promise;
    return undefined;
  } catch (error) {
    return error instanceof BackupError ? error.code : `not coded: ${error}`;
  }
}
