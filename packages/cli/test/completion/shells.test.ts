import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { tempDirectory, typeScriptFlags } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { run } from '../support/run.ts';

// Real shells complete real lines, with a tgstore that runs from source.

const bin = join(import.meta.dirname, '../../src/bin.ts');
const HOSTILE = '$(touch pwned) `touch pwned`';

/** Lines that are completed to one word, and what becomes of them. */
const LINES: readonly (readonly [typed: string, completed: string])[] = [
  ['tgstore sho', 'tgstore show'],
  ['tgstore backup rest', 'tgstore backup restore'],
  ['tgstore --store st list --unproc', 'tgstore --store st list --unprocessed'],
  ['tgstore list --js', 'tgstore list --json'],
  ['tgstore show --store st 1111', 'tgstore show --store st 111122223333'],
  ['tgstore show --store=st -100', 'tgstore show --store=st -1001563829428'],
  ['tgstore lock break --store st 1111', 'tgstore lock break --store st 111122223333'],
  ['tgstore backup verify --store st 20', 'tgstore backup verify --store st 20260101T000000Z_a'],
  ['tgstore import resu', 'tgstore import result.json'],
  ['tgstore export -o resu', 'tgstore export -o result.json'],
  ['tgstore list --config resu', 'tgstore list --config result.json'],
  ['tgstore list --config=resu', 'tgstore list --config=result.json'],
  ['tgstore import --time-zone Europe/Berl', 'tgstore import --time-zone Europe/Berlin'],
  ['tgstore import --time-zone=Europe/Berl', 'tgstore import --time-zone=Europe/Berlin'],
  ['tgstore serve --media fold', 'tgstore serve --media folder/'],
  // no file is a conversation or a number
  ['tgstore show --store st resu', 'tgstore show --store st resu'],
  ['tgstore show --last resu', 'tgstore show --last resu'],
  // neither what is typed nor what a store has in it is run
  ['tgstore show $(touch pwned) --js', 'tgstore show $(touch pwned) --json'],
];

interface Workspace extends AsyncDisposable {
  readonly path: string;
  readonly env: NodeJS.ProcessEnv;
}

async function workspace(shell: string): Promise<Workspace> {
  const dir = await tempDirectory();
  const at = (...path: string[]): string => join(dir.path, ...path);
  const command = [process.execPath, ...typeScriptFlags, bin].map((part) => `'${part}'`).join(' ');
  for (const path of ['bin', 'home', 'folder', 'st', 'st/backups']) await mkdir(at(path));
  await writeFile(at('bin', 'tgstore'), `#!/bin/sh\nexec ${command} "$@"\n`);
  await chmod(at('bin', 'tgstore'), 0o755);
  for (const id of ['111122223333', '-1001563829428', HOSTILE]) {
    await writeFile(at('st', `${id}_unprocessed.json`), '{}');
  }
  await writeFile(at('st/backups', '20260101T000000Z_a.tar.gz'), '');
  await writeFile(at('result.json'), '{}');
  await writeFile(at('folder', 'x'), '');
  await writeFile(at('script'), (await run(['completion', shell], { cwd: dir.path })).stdout);
  const env = {
    PATH: [at('bin'), process.env.PATH].join(delimiter),
    HOME: at('home'),
    TERM: 'vt100',
  };
  return Object.assign(dir, { env });
}

/** Runs a shell to its end, and resolves to what stands in `answers` then. */
async function answers(
  { path, env }: Workspace,
  [shell = '', ...args]: readonly string[],
  input?: string,
): Promise<string[]> {
  spawnSync(shell, args, { cwd: path, env, input, timeout: 100_000 });
  const text = await readFile(join(path, 'answers'), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => line.trimEnd());
}

function has(shell: string, condition = 'exit 0'): boolean {
  return process.platform !== 'win32' && spawnSync(shell, ['-c', condition]).status === 0;
}

const hasBash = has('bash', '(( BASH_VERSINFO[0] >= 4 ))');

test.skipIf(!hasBash)(
  'bash completes (skipped where bash 4 or newer is missing)',
  async () => {
    await using dir = await workspace('bash');
    await writeFile(
      join(dir.path, 'rc'),
      `source ./script; source ./script
show_line() { printf '%s\\n' "$READLINE_LINE" >> answers; READLINE_LINE=; READLINE_POINT=0; }
bind -x '"\\C-x\\C-p": show_line'
`,
    );
    const typed = [...LINES.map(([line]) => line), 'tgstore show --store st \\$'];
    const input = `${typed.map((line) => `${line}\t\x18\x10`).join('')}exit\n`;
    const command = ['bash', '--noprofile', '--rcfile', 'rc', '-i'];
    expect(await answers(dir, command, input)).toEqual([
      ...LINES.map(([, completed]) => completed),
      'tgstore show --store st \\$\\(touch\\ pwned\\)\\ \\`touch\\ pwned\\`',
    ]);
    expect(existsSync(join(dir.path, 'pwned'))).toBe(false);
  },
  120_000,
);

test.skipIf(!has('zsh'))(
  'zsh completes (skipped where zsh is missing)',
  async () => {
    await using dir = await workspace('zsh');
    const typed = [...LINES.map(([line]) => line), 'tgstore show --store st \\$'];
    await writeFile(join(dir.path, 'typed'), `${typed.join('\n')}\n`);
    await writeFile(
      join(dir.path, 'rc'),
      `autoload -Uz compinit; compinit -u -D
source ./script; source ./script
ask() {
  local line
  for line in "\${(@f)$(<typed)}"; do
    BUFFER=$line; CURSOR=\${#BUFFER}
    zle complete-word
    print -r -- "$BUFFER" >> answers
  done
  exit
}
zle -N ask; bindkey '^X' ask
print WAITING
`,
    );
    // completion needs a terminal, which this module of zsh makes
    const drive = `zmodload zsh/zpty; zpty child zsh -f -i
zpty -w child 'source ./rc'
zpty -r child seen '*WAITING*'
zpty -w -n child $'\x18'
while zpty -r child seen; do :; done`;
    expect(await answers(dir, ['zsh', '-f', '-c', drive])).toEqual([
      ...LINES.map(([, completed]) => completed),
      'tgstore show --store st \\$\\(touch\\ pwned\\)\\ \\`touch\\ pwned\\`',
    ]);
    expect(existsSync(join(dir.path, 'pwned'))).toBe(false);
  },
  120_000,
);

test.skipIf(!has('fish'))(
  'fish completes (skipped where fish is missing)',
  async () => {
    await using dir = await workspace('fish');
    const typed = [...LINES.map(([line]) => line), 'tgstore show --store st \\$'];
    await writeFile(join(dir.path, 'typed'), `${typed.join('\n')}\n`);
    // fish lists words, each with a description
    const ask = `source ./script; source ./script
while read -l line
    echo $line (complete -C $line | string split -m 1 -f 1 \\t) >> answers
end < typed`;
    const expected = LINES.map(([line, completed]) =>
      line === completed ? line : `${line} ${completed.split(' ').at(-1)}`,
    );
    expect(await answers(dir, ['fish', '--no-config', '-c', ask])).toEqual([
      ...expected,
      `tgstore show --store st \\$ ${HOSTILE}`,
    ]);
    expect(existsSync(join(dir.path, 'pwned'))).toBe(false);
  },
  120_000,
);
