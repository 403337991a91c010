import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { tempDirectory, typeScriptFlags } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { toAscii } from '../src/ascii.ts';
import { displayWidth } from '../src/display-width.ts';
import { account, chat, toText } from './support/exports.ts';
import { run } from './support/run.ts';

const bin = join(import.meta.dirname, '../src/bin.ts');
const onTerminal = join(import.meta.dirname, 'support/on-terminal.py');
const canOpenTerminals = spawnSync('python3', ['-c', 'import pty, termios']).status === 0;

/** A store `s` with names that are long, wide, and of several scripts, and a real terminal on which `tg` runs a command. */
async function tempWork() {
  const directory = await tempDirectory();
  const cwd = directory.path;
  const stdin = toText(
    account(
      chat([{ id: 1, text: 'word '.repeat(40) }], {
        name: 'Zoë → 小林さんの長い名前です'.repeat(4),
      }),
      chat([{ id: 1 }, { id: 2 }], { id: 200, name: '👩‍👩‍👧 family'.repeat(8) }),
    ),
  );
  await run(['import', '-', '--store', 's'], { cwd, stdin });
  const tg = (columns: number, args: readonly string[], env: Record<string, string> = {}) => {
    const command = [process.execPath, ...typeScriptFlags, bin, ...args, '--store', 's'];
    const { stdout, stderr, status } = spawnSync(
      'python3',
      [onTerminal, String(columns), ...command],
      {
        cwd,
        // Python would make a C locale UTF-8 for what it starts
        env: {
          PATH: process.env.PATH,
          HOME: cwd,
          TERM: 'xterm-256color',
          PYTHONCOERCECLOCALE: '0',
          ...env,
        },
        encoding: 'utf8',
      },
    );
    expect(stderr).toBe('');
    return { status, raw: stdout, lines: linesOf(stdout) };
  };
  return { cwd, tg, [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose]() };
}

/** What stood in a line of the terminal at some time. */
function linesOf(raw: string): string[] {
  return raw
    .replaceAll('\r\u001b[2K', '\r\n')
    .split('\r\n')
    .map(stripVTControlCharacters)
    .filter((line) => line !== '');
}

const LONG_LINES = /^(OK|PARTLY) {2}|^note {2}|^→ |^[A-Z]+_[A-Z_]+ {2}/;

test.skipIf(!canOpenTerminals).each([40, 80])(
  'tables, hits and progress are no wider than a terminal of %i columns (needs python3)',
  async (columns) => {
    await using work = await tempWork();
    const slow = ['process', '--concurrency', '1', '--exec', 'cat > /dev/null; sleep 0.7'];
    const commands = [['list'], ['search', 'word'], ['search', 'text', '--count'], slow];
    for (const args of commands) {
      const { lines, raw, status } = work.tg(columns, args);
      expect(status).toBe(0);
      for (const line of lines.filter((text) => !LONG_LINES.test(text))) {
        expect(displayWidth(line), line).toBeLessThanOrEqual(columns);
      }
      if (args === slow) expect(raw).toContain('\r\u001b[2Kprocessing  ');
    }
    const { lines } = work.tg(columns, ['list']);
    expect(lines[0]).toMatch(/^CONVERSATION {2}.*NAME$/);
    expect(lines[1]).toMatch(/^100 .* Zoë → .*…$/);
  },
  60_000,
);

test.skipIf(!canOpenTerminals)(
  'help can be read in 40 columns (needs python3)',
  async () => {
    await using work = await tempWork();
    for (const command of [[], ['import'], ['process'], ['backup', 'prune']]) {
      const { lines } = work.tg(40, [...command, '--help']);
      const tooLong = lines.filter((line) => line.length > 40 && !line.startsWith('  tgstore '));
      expect(tooLong).toEqual([]);
    }
    expect(work.tg(40, ['show', '--help']).lines).toContain('  --before <message>');
  },
  60_000,
);

test.skipIf(!canOpenTerminals)(
  'colours are for terminals that have them and want them (needs python3)',
  async () => {
    await using work = await tempWork();
    const coloured = work.tg(80, ['list']).raw;
    expect(coloured).toContain('\x1b[2mCONVERSATION');
    const slow = ['process', '--concurrency', '1', '--exec', 'cat > /dev/null; sleep 0.7'];
    expect(work.tg(80, ['list'], { NO_COLOR: '1' }).lines).toEqual(linesOf(coloured));
    expect(work.tg(80, slow, { TERM: 'dumb' }).raw).not.toContain('\x1b');
    expect(work.tg(80, ['list'], { NO_COLOR: '1' }).raw).not.toContain('\x1b');
  },
  60_000,
);

test.skipIf(!canOpenTerminals)(
  'a terminal that is not UTF-8 gets ASCII (needs python3)',
  async () => {
    await using work = await tempWork();
    for (const env of [{ LC_ALL: 'C' }, { LANG: 'de_DE.ISO-8859-1' }]) {
      const { raw, lines } = work.tg(40, ['list'], { ...env, NO_COLOR: '1' });
      expect(toAscii(raw)).toBe(raw);
      expect(lines[1]).toMatch(/^100 .* Zo\? -> .*\.\.\.$/);
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(40);
      for (const line of work.tg(40, ['search', 'word'], { ...env, NO_COLOR: '1' }).lines) {
        expect(line).toMatch(/^[ -~]{0,40}$/);
      }
      const shown = work.tg(40, ['show', '100', '--json'], env);
      expect(toAscii(shown.raw)).toBe(shown.raw);
      expect(JSON.parse(shown.raw).metadata.name).toMatch(/^Zoë → 小林/);
      const error = work.tg(40, ['show', '7', '--events'], env).lines[1] ?? '';
      expect(JSON.parse(error)).toMatchObject({ code: 'STORE_NOT_FOUND' });
      expect(work.tg(80, ['show', '7'], { ...env, NO_COLOR: '1' }).raw).toContain(
        '\n-> tgstore list',
      );
    }
    expect(work.tg(80, ['list']).raw).toContain('Zoë → 小林');
  },
  60_000,
);
