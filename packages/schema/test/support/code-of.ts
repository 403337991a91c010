import { SchemaError } from '../../src/index.ts';

/** The code of the SchemaError that the call throws; any other end of it fails the test. */
export function codeOf(run: () => unknown): string {
  return schemaErrorOf(run).code;
}

export function schemaErrorOf(run: () => unknown): SchemaError {
  try {
    run();
  } catch (error) {
    if (error instanceof SchemaError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
