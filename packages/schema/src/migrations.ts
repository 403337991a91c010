import { SchemaError } from './errors.ts';
import { normalizeMessage, normalizeMetadata } from './original.ts';

/** The version of the format that this package writes. */
export const SCHEMA_VERSION = 1;

/** What brings a document of one version to today's: one function for its metadata, one for each message. */
export interface MigrationPath {
  /** The metadata in today's spelling. */
  metadata(raw: Record<string, unknown>): Record<string, unknown>;
  /** A message in today's spelling; `key` is where it stood. */
  message(raw: Record<string, unknown>, key?: string): Record<string, unknown>;
}

interface Migration extends MigrationPath {
  /** The version it leads to. */
  readonly to: number;
}

/** Oldest to newest. Version 0 is whatever has no `schema_version`: the original's files, and input from programs. */
const MIGRATIONS: readonly Migration[] = [
  { to: 1, metadata: normalizeMetadata, message: normalizeMessage },
];

/**
 * The way from the `schema_version` of the metadata (none: 0) to {@link SCHEMA_VERSION}.
 *
 * @throws {@link SchemaError} `SCHEMA_VERSION_TOO_NEW` when a newer release wrote it.
 */
export function migrationPath(metadata: Record<string, unknown>): MigrationPath {
  const version = typeof metadata.schema_version === 'number' ? metadata.schema_version : 0;
  if (version > SCHEMA_VERSION) {
    throw new SchemaError(
      'SCHEMA_VERSION_TOO_NEW',
      `written in format ${version}, this release reads up to ${SCHEMA_VERSION}; update tgstore`,
    );
  }
  const steps = MIGRATIONS.filter((migration) => migration.to > version);
  return {
    metadata: (raw) => steps.reduce((value, step) => step.metadata(value), raw),
    message: (raw, key) => steps.reduce((value, step) => step.message(value, key), raw),
  };
}
