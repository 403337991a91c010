/** What a library says of its options, in the words of the command line. */
export function inCommandLineWords(code: string, message: string): string {
  const [words, ours] = WORDS[code] ?? [];
  return words === undefined || ours === undefined ? message : message.replace(words, ours);
}

const WORDS: Readonly<Record<string, readonly [words: string, ours: string]>> = {
  BACKUP_NEEDS_KEY: [
    'give an identity (AGE-SECRET-KEY-1…) or the passphrase',
    'name a file with its key by --identity, or with its passphrase by --passphrase-file',
  ],
  BACKUP_NOT_FOUND: ['list shows', 'tgstore backup list shows'],
  BACKUP_UNSUPPORTED: ['use gzip', 'leave --zstd out'],
  FORMAT_BAD_TIME_ZONE: ['pass an IANA name such as', 'name one as in --time-zone'],
  FORMAT_NO_ID: ['name an id for a single chat', 'name one with --id, if it is a single chat'],
  FORMAT_NO_RESULT_JSON: ['pass', 'name'],
  FORMAT_NOT_FOUND: ['pass', 'name'],
  FORMAT_UNKNOWN: ['; pass a', '; name a'],
  LOCK_ALIVE: [
    'end it, or use force if it no longer writes',
    'end it, or use --force if it no longer writes',
  ],
  LOCK_NETWORK_FILE_SYSTEM: [
    'set allowNetworkFileSystem after reading its limits',
    'set allow_network_file_system in the configuration after reading its limits',
  ],
  LOCK_NOT_WRITABLE: ['make it writable, or keep them in another directory', 'make it writable'],
  LOCK_TIMEOUT: ['or wait longer', 'or set a longer lock_timeout in the configuration'],
  STORE_NOT_A_STORE: [
    'check the path, or import into it',
    'import into it, or name another with --store or TGSTORE_DIR',
  ],
  STORE_EXISTS: ['pass force to replace it, or import to merge', 'import merges into it'],
};
