import { Buffer } from 'node:buffer';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '@tgstore/core';
import { type Kind, type MutatedFile, mustHold, type Subject } from '../kind.ts';

/** Configuration files: every setting is of its kind, or the file is refused. */
export const configs: Kind = {
  name: 'configs',
  cases: 1_000_000,
  dear: 0,
  async open(directory) {
    return {
      material: { corpus: CORPUS, dictionary: DICTIONARY, isJson: true },
      try: (file) => tryConfig(directory, file),
      async [Symbol.asyncDispose]() {},
    } satisfies Subject;
  },
};

async function tryConfig(directory: string, { bytes }: MutatedFile): Promise<boolean> {
  const file = join(directory, 'tgstore.yaml');
  writeFileSync(file, bytes);
  const { config } = await loadConfig({ file, workingDirectory: directory, env: {} });
  const {
    storageDir,
    backupFrequencyHours,
    maxBackups,
    lockTimeoutMs,
    fetchMode,
    allowNetworkFileSystem,
  } = config;
  mustHold(typeof storageDir === 'string' && storageDir !== '', () => `storageDir ${storageDir}`);
  mustHold(
    backupFrequencyHours > 0 && Number.isFinite(backupFrequencyHours),
    () => `hours ${backupFrequencyHours}`,
  );
  mustHold(Number.isInteger(maxBackups) && maxBackups > 0, () => `maxBackups ${maxBackups}`);
  mustHold(
    lockTimeoutMs > 0 && Number.isFinite(lockTimeoutMs),
    () => `lockTimeoutMs ${lockTimeoutMs}`,
  );
  mustHold(fetchMode === 'all' || fetchMode === 'initial', () => `fetchMode ${fetchMode}`);
  mustHold(typeof allowNetworkFileSystem === 'boolean', () => `network ${allowNetworkFileSystem}`);
  return true;
}

const SETTINGS = {
  preprocessors: { telegram: { chat_history_dir: 'chats' } },
  ingestors: {
    telegram: {
      ...{ json_storage_path: 'other', backup_frequency: 12, max_backups: 3, lock_timeout: 2.5 },
      ...{ allow_network_file_system: false, fetch_mode: 'all' },
    },
  },
};

const CORPUS = [
  JSON.stringify(SETTINGS, null, 2),
  `# where it is
preprocessors:
  telegram: &t
    chat_history_dir: "chats"
ingestors:
  telegram:
    <<: *t
    json_storage_path: 'other'
    backup_frequency: 12 # hours
    max_backups: 3
    lock_timeout: 2.5
    fetch_mode: initial
`,
  `a: &a [x, x, x, x, x, x, x, x, x]
b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]
ingestors: {telegram: {max_backups: 0x10, backup_frequency: 1e1, fetch_mode: |
  all
}}
`,
].map((text) => Buffer.from(text));

const DICTIONARY = [
  ...[
    '&a ',
    '*a',
    '*b',
    '&b',
    '<<: *t\n',
    '<<: [*a, *b]\n',
    '!!js/function ',
    '!!binary ',
    '!!map ',
    '!!set ',
    '!<tag:x> ',
  ],
  ...[
    '!!python/object:os.system ',
    '!!timestamp ',
    '!!int ',
    '!!float ',
    '!!omap ',
    '---\n',
    '...\n',
    '%YAML 1.1\n',
    '? ',
    ': ',
  ],
  ...[
    '- ',
    '|\n',
    '>-\n',
    '~',
    '.inf',
    '.nan',
    '0o7',
    '1_000',
    '[',
    ']',
    '{',
    '}',
    '\t',
    '"\\x0',
    '# ',
    '@',
    '`',
  ],
  ...[
    '__proto__: {polluted: 1}\n',
    '"__proto__":{"polluted":1}',
    'constructor: {prototype: {polluted: 1}}\n',
    '"fetch_mode":{"toString":1}',
  ],
  ...[
    'c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e]\n',
  ],
  ...['a: &a {x: *a}\n', '  telegram: *t\n', 'max_backups: ', 'lock_timeout: -1\n'],
].map((text) => Buffer.from(text));
