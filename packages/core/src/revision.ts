import { randomBytes } from 'node:crypto';
import { type Metadata, SCHEMA_VERSION } from '@tgstore/schema';

/** What the metadata of new content says of its revision. */
export function newRevision(revision: number): Partial<Metadata> {
  return {
    revision,
    revision_id: randomBytes(16).toString('hex'),
    last_update: `${new Date().toISOString().slice(0, 19)}Z`,
    schema_version: SCHEMA_VERSION,
  };
}
