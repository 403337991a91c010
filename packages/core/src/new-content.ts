import type { Head } from './content-source.ts';

/** Content on its way into the file of a conversation; to be published or discarded. */
export interface NewContent {
  /** Ends it with its metadata, in which count, last id and last date are set; resolves to its size in bytes. */
  close(head: Head): Promise<number>;
  /** Whether it is written into the file that is there; known once it is closed. */
  readonly isInPlace: boolean;
  /** Puts it into its place. With `exclusive` it fails with `EEXIST` where a file is there. */
  publish(path: string, options: { readonly exclusive: boolean }): Promise<void>;
  discard(): Promise<void>;
}
