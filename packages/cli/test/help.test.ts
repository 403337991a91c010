import { expect, test } from 'vitest';
import type { Io } from '../src/io.ts';
import { createProgram } from '../src/program.ts';
import { run } from './support/run.ts';

const program = createProgram({ stdout: {}, report: {} } as Io, () => {});
const commands = program.createHelp().visibleCommands(program);
const runnable = commands.flatMap((one) => {
  const subs = one.commands.map((sub) => `${one.name()} ${sub.name()}`);
  return subs.length > 0 ? subs : [one.name()];
});

for (const command of [undefined, ...runnable]) {
  test(`the help of ${command ?? 'tgstore'} leads with two examples and fits 80 columns`, async () => {
    const args = command === undefined ? ['--help'] : [...command.split(' '), '--help'];
    const { status, stdout, stderr } = await run(args, { cwd: '/' });
    expect(status).toBe(0);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^Examples:\n {2}tgstore .+\n {2}tgstore .+\n\nUsage: tgstore /);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    if (command)
      expect(stdout).toMatch(/\nExit status:\n {2}0 {3}done\n[\s\S]*\n {2}130 interrupted\n$/);
  });
}

test('wrong usage exits with 2 and suggests what was meant', async () => {
  const mistyped = await run(['improt', 'x'], { cwd: '/' });
  expect(mistyped.status).toBe(2);
  expect(mistyped.stderr).toContain('Did you mean import?');
  expect((await run([], { cwd: '/' })).status).toBe(2);
  expect((await run(['show'], { cwd: '/' })).status).toBe(2);
  expect((await run(['show', '1', '--last', 'x'], { cwd: '/' })).status).toBe(2);
  const both = await run(['show', '1', '--last', '1', '--limit', '1'], { cwd: '/' });
  expect(both.status).toBe(2);
  const noDate = await run(['show', '1', '--from', 'message 5'], { cwd: '/' });
  expect(noDate.status).toBe(2);
  expect(noDate.stderr).toMatch(/--from <date>.*It must be a date: 2024-01-31/);
  expect((await run(['process'], { cwd: '/' })).status).toBe(2);
});

test('--version prints the version of the package', async () => {
  const { status, stdout } = await run(['--version'], { cwd: '/' });
  expect(status).toBe(0);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});
