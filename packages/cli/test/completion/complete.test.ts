import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tempDirectory } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { run } from '../support/run.ts';

/** The answer to a completion script, line for line. */
async function ask(typed: readonly string[], cwd = '/', env = {}): Promise<string[]> {
  const [current = '', ...before] = [...typed].reverse();
  const args = ['complete', 'zsh', `--current=${current}`, '--', ...before.reverse()];
  const { status, stdout, stderr } = await run(args, { cwd, env });
  expect(status).toBe(0);
  expect(stderr).toBe('');
  return stdout.split('\n').slice(0, -1);
}

test('commands, subcommands and options come with what they are; hidden ones do not come', async () => {
  expect(await ask(['li'])).toEqual(['none', 'list\tshow the conversations']);
  expect(await ask(['comp'])).toEqual([
    'none',
    'completion\tprint the completion script of a shell',
  ]);
  expect(await ask(['lock', ''])).toHaveLength(3);
  expect(await ask(['--store', 'lock', 'backup', 'p'])).toEqual([
    'none',
    'prune\tremove old automatic backups',
  ]);
  const options = await ask(['serve', '--']);
  expect(options).toContain('--read-only\trefuse whatever would change something');
  expect(options).toContain('--json\tprint one JSON document, and errors as JSON');
  expect(options.join()).not.toContain('--page');
});

test('values of options end where the next option begins, and behind -- there are none', async () => {
  expect(await ask(['serve', '--media', 'a', ''])).toEqual(['directories']);
  expect(await ask(['serve', '--media', 'a', '--read'])).toHaveLength(2);
  expect(await ask(['serve', '--media', 'a', '--read-only', ''])).toEqual(['none']);
  expect(await ask(['import', '--', '--sal'])).toEqual(['files']);
  expect(await ask(['completion', ''])).toEqual([
    'none',
    'bash\t',
    'zsh\t',
    'fish\t',
    'powershell\t',
  ]);
  expect(await ask(['completion', 'bash', ''])).toEqual(['none']);
});

test('conversations are those of the store that the line, the environment or the configuration names', async () => {
  await using dir = await tempDirectory();
  for (const name of ['a', 'b', 'c']) {
    await mkdir(join(dir.path, name));
    await writeFile(join(dir.path, name, `${name}1_processed.json`), '{}');
  }
  await writeFile(join(dir.path, 'tgstore.yaml'), 'ingestors: {telegram: {json_storage_path: a}}');
  await writeFile(join(dir.path, 'c.yaml'), 'ingestors: {telegram: {json_storage_path: c}}');
  const ids = async (typed: string[], env = {}) => (await ask(typed, dir.path, env)).slice(1);
  const [a, b, c] = ['a1\tprocessed', 'b1\tprocessed', 'c1\tprocessed'];
  expect(await ids(['show', ''])).toEqual([a]);
  expect(await ids(['show', ''], { TGSTORE_DIR: 'b' })).toEqual([b]);
  expect(await ids(['--config', 'c.yaml', 'history', ''])).toEqual([c]);
  expect(await ids(['mark', '--processed', 'x', '--store=~/b', ''], { HOME: dir.path })).toEqual([
    b,
  ]);
  for (const line of [
    ['search', 'text'],
    ['export'],
    ['lock', 'break'],
    ['backup', 'restore', '2026'],
  ])
    expect(await ids([...line, ''])).toEqual([a]);
  // the text that is searched for is no conversation
  expect(await ids(['search', ''])).toEqual([]);
});

test('nothing is printed of what fails, and what is no line is left out', async () => {
  await using dir = await tempDirectory();
  expect(await ask(['show', ''], dir.path)).toEqual(['none']);
  await writeFile(join(dir.path, 'tgstore.yaml'), 'a: [');
  expect(await ask(['show', ''], dir.path)).toEqual(['none']);
  expect(await ask(['backup', 'verify', ''], dir.path)).toEqual(['none']);
  expect(await ask(['nonsense', '--nonsense', 'x', '--', ''], dir.path)).toEqual(['none']);
  await writeFile(join(dir.path, 'a\nb\u001b_processed.json'), '{}');
  await writeFile(join(dir.path, 'c_processed.json'), '{}');
  expect(await ask(['show', '--store', '.', '--config=/dev/null', ''], dir.path)).toEqual([
    'none',
    'c\tprocessed',
  ]);
});

test('words of bash, raw and cut at = and :, are put together; it gets only what it replaces', async () => {
  await using dir = await tempDirectory();
  await mkdir(join(dir.path, 'my st'));
  await writeFile(join(dir.path, 'my st', 'a:b_processed.json'), '{}');
  await writeFile(join(dir.path, 'my st', '$x_processed.json'), '{}');
  const bash = async (before: string[], current: string) => {
    const args = ['complete', 'bash', `--current=${current}`, '--', ...before];
    return (await run(args, { cwd: dir.path })).stdout.split('\n').slice(1, -1);
  };
  const zone = ['import', '--time-zone', '='];
  expect(await bash(zone, 'Europe/Berl')).toEqual(['Europe/Berlin\t']);
  expect((await bash(zone.slice(0, -1), '=')).length).toBeGreaterThan(100);
  expect(await bash(['show', '--store', '"my st"', 'a', ':'], 'b')).toEqual(['b\tprocessed']);
  expect(await bash(['show', '--store', '=', 'my\\ st'], "'$")).toEqual(['$x\tprocessed']);
  expect(await bash(['show', '--store', "'my st'"], '\\$')).toEqual(['$x\tprocessed']);
});

for (const [shell, first] of [
  ['bash', '# tgstore: completion for bash'],
  ['zsh', '#compdef tgstore'],
  ['fish', '# tgstore: completion for fish'],
  ['powershell', '# tgstore: completion for PowerShell'],
] as const) {
  test(`the script for ${shell} is printed, and asks tgstore`, async () => {
    const { status, stdout, stderr } = await run(['completion', shell], { cwd: '/' });
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout.split('\n')[0]).toBe(first);
    expect(stdout).toContain(`tgstore complete ${shell} `);
  });
}

test('a shell without a script is refused with those that have one', async () => {
  const { status, stderr } = await run(['completion', 'tcsh'], { cwd: '/' });
  expect(status).toBe(2);
  expect(stderr).toContain('Allowed choices are bash, zsh, fish, powershell.');
});
