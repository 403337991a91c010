import { expect, test } from 'vitest';
import { run } from './support/run.ts';

const MISTAKES: readonly (readonly [args: string, message: string, help: string])[] = [
  ['lst', "unknown command 'lst' (Did you mean list?)", 'tgstore --help'],
  ['bakcup verify', "unknown command 'bakcup' (Did you mean backup?)", 'tgstore --help'],
  ['backup creat', "unknown command 'creat' (Did you mean create?)", 'tgstore backup --help'],
  [
    'list --unprocesed',
    "unknown option '--unprocesed' (Did you mean --unprocessed?)",
    'tgstore list --help',
  ],
  [
    'backup list --jsno',
    "unknown option '--jsno' (Did you mean --json?)",
    'tgstore backup list --help',
  ],
  ['--stor x list', "unknown option '--stor' (Did you mean --store?)", 'tgstore --help'],
  ['show', "missing required argument 'conversation'", 'tgstore show --help'],
  ['mark --all', 'say either --processed or --unprocessed', 'tgstore mark --help'],
  [
    'serve --port 70000',
    "option '--port <number>' argument '70000' is invalid. It must be a port: 0 to 65535.",
    'tgstore serve --help',
  ],
];

for (const [args, message, help] of MISTAKES) {
  test(`tgstore ${args}: says what is wrong, what was meant and where help is`, async () => {
    const inPipe = await run(args.split(' '), { cwd: '/' });
    expect(inPipe).toEqual({ status: 2, stdout: '', stderr: `USAGE  ${message}\n` });
    const onTerminal = await run(args.split(' '), { cwd: '/', columns: 80 });
    expect(onTerminal.stderr).toBe(`USAGE  ${message}\n→ ${help}\n`);
    const asJson = await run([...args.split(' '), '--json'], { cwd: '/' });
    expect(asJson).toMatchObject({ status: 2, stdout: '' });
    const error = {
      event: 'error',
      time: expect.any(String),
      code: 'USAGE',
      message,
      next: [help],
    };
    expect(JSON.parse(asJson.stderr)).toEqual(error);
  });
}

for (const args of [[], ['backup'], ['lock']]) {
  const name = ['tgstore', ...args].join(' ');
  test(`${name} alone shows its help on standard error, with --json one error`, async () => {
    const text = await run(args, { cwd: '/' });
    expect(text).toMatchObject({ status: 2, stdout: '' });
    expect(text.stderr).toMatch(/^Examples:\n.*\nUsage: tgstore /s);
    expect(text.stderr).not.toContain('USAGE');
    const asJson = await run([...args, '--json'], { cwd: '/' });
    expect(JSON.parse(asJson.stderr)).toEqual({
      event: 'error',
      time: expect.any(String),
      code: 'USAGE',
      message: 'a command is missing',
      next: [`${name} --help`],
    });
  });
}

test('control characters of what was typed do not reach the terminal', async () => {
  const { stderr } = await run(['\u001b[2J'], { cwd: '/' });
  expect(stderr).toContain("unknown command '\\u{1b}[2J'");
});
