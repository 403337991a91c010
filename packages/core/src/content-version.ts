import type { Metadata } from '@tgstore/schema';

/**
 * Names one content of a conversation. The size of its file belongs to it: another program may rewrite the messages and carry
 * the old id along.
 */
export interface ContentVersion {
  /** Counts changes of content; 0 where another program wrote the file. */
  readonly revision: number;
  /** `null` where another program wrote the file. */
  readonly revision_id: string | null;
  /** Bytes of the file. */
  readonly size: number;
}

export function versionOf({ revision, revision_id }: Metadata, size: number): ContentVersion {
  return { revision: revision ?? 0, revision_id: revision_id ?? null, size };
}

/** Whether a value that was read from a record is a version. */
export function isVersion(value: unknown): value is ContentVersion {
  const { revision, revision_id, size } = (value ?? {}) as Partial<ContentVersion>;
  const isId = revision_id === null || typeof revision_id === 'string';
  return typeof revision === 'number' && typeof size === 'number' && isId;
}

export function isSameVersion(
  first: ContentVersion | null | undefined,
  second: ContentVersion | null | undefined,
): boolean {
  if (!first || !second) return false;
  return first.revision_id === second.revision_id && first.size === second.size;
}

/** Whether both are the same content beyond doubt: without a random id, equal sizes say nothing. */
export function isProvedSame(
  first: ContentVersion | null | undefined,
  second: ContentVersion | null | undefined,
): boolean {
  return isSameVersion(first, second) && first?.revision_id !== null;
}
