import { setKey } from '../set-key.ts';

/** What of the message at hand has no key of ours; it becomes its `raw_data`. */
export class Leftovers {
  /** Absent while there is nothing. */
  raw: Record<string, unknown> | undefined;
  hasWrongType = false;

  reset(): void {
    this.raw = undefined;
    this.hasWrongType = false;
  }

  keep(key: string, value: unknown): void {
    this.raw = setKey(this.raw ?? {}, key, value);
  }

  /** Keeps a value that is not of the type its key should have. */
  keepWrong(key: string, value: unknown): void {
    this.keep(key, value);
    this.hasWrongType = true;
  }
}
