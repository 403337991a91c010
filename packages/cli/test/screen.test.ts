import { expect, test } from 'vitest';
import { toAscii, toAsciiJson } from '../src/ascii.ts';
import { style, table } from '../src/output.ts';
import { type Environment, openScreen } from '../src/screen.ts';

function open(env: Environment, isTTY = true, platform: NodeJS.Platform = 'linux') {
  let text = '';
  const stream = { isTTY, columns: 80, write: (chunk: string | Uint8Array) => (text += chunk) };
  const screen = openScreen(stream, env, platform);
  return { screen, written: () => text };
}

test.each<[env: Environment, isAscii: boolean]>([
  // containers have no locale, and terminals that show UTF-8
  [{}, false],
  [{ LANG: '' }, false],
  [{ LANG: 'en_US.UTF-8' }, false],
  [{ LANG: 'de_DE.utf8@euro' }, false],
  [{ LANG: 'C.UTF-8' }, false],
  // macOS sets this one
  [{ LC_CTYPE: 'UTF-8' }, false],
  [{ LANG: 'de_DE' }, false],
  [{ LANG: 'C' }, true],
  [{ LANG: 'POSIX' }, true],
  [{ LANG: 'de_DE.ISO-8859-1' }, true],
  [{ LANG: 'ru_RU.KOI8-R' }, true],
  [{ LC_CTYPE: 'C', LANG: 'en_US.UTF-8' }, true],
  [{ LC_ALL: 'en_US.UTF-8', LC_CTYPE: 'C', LANG: 'C' }, false],
  [{ LC_ALL: 'C', LANG: 'en_US.UTF-8' }, true],
  [{ LC_ALL: '', LANG: 'en_US.UTF-8' }, false],
])('a terminal with the locale %o shows only ASCII: %s', (env, isAscii) => {
  expect(open(env).screen.isAscii).toBe(isAscii);
  // in a pipe text is data, and consoles of Windows take UTF-16
  expect(open(env, false).screen.isAscii).toBe(false);
  expect(open(env, true, 'win32').screen.isAscii).toBe(false);
});

test.each<[env: Environment, onTerminal: boolean, inPipe: boolean]>([
  [{ TERM: 'xterm' }, true, false],
  [{}, false, false],
  [{ TERM: 'dumb' }, false, false],
  [{ TERM: 'xterm', NO_COLOR: '1' }, false, false],
  [{ TERM: 'xterm', NO_COLOR: '' }, true, false],
  [{ FORCE_COLOR: '1' }, true, true],
  [{ FORCE_COLOR: '', TERM: 'dumb' }, true, true],
  [{ FORCE_COLOR: '0', TERM: 'xterm' }, false, false],
  [{ FORCE_COLOR: 'false', TERM: 'xterm' }, false, false],
  // as Node does
  [{ FORCE_COLOR: '1', NO_COLOR: '1' }, true, true],
])('with %o a terminal gets colours: %s, a pipe: %s', (env, onTerminal, inPipe) => {
  expect(style('bold', 'x', open(env).screen) !== 'x').toBe(onTerminal);
  expect(style('bold', 'x', open(env, false).screen) !== 'x').toBe(inPipe);
});

test('our signs are spelled out, and names show a ? for each column', () => {
  expect(toAscii('a → b · c… d⏎e 3×')).toBe('a -> b - c... d\\ne 3x');
  expect(toAscii('Jürgen 小林 👩‍👩‍👧')).toBe('J?rgen ???? ??');
  expect(toAscii('plain \u001b[2mtext\u001b[22m')).toBe('plain \u001b[2mtext\u001b[22m');
  const { screen, written } = open({ LANG: 'C' });
  screen.write('Zoë → …\n');
  screen.write(Buffer.from('é'));
  expect(written()).toBe('Zo? -> ...\né');
});

test('JSON says the same in ASCII', () => {
  const value = { name: 'Zoë 👍', 小: '…' };
  const text = toAsciiJson(JSON.stringify(value));
  expect(text).toMatch(/^[\0-\x7f]+$/);
  expect(JSON.parse(text)).toEqual(value);
});

test('tables are cut and lose columns on terminals, never in a pipe', () => {
  const columns = [
    { heading: 'ID' },
    { heading: 'TYPE', drop: 2 },
    { heading: 'LAST', drop: 1 },
    { heading: 'NAME' },
  ];
  const rows = [['100', 'supergroup', '2024-01-12', 'Zoë with a name that is long']];
  const show = (width: number, isTTY = true, env: Environment = {}): string => {
    let text = '';
    const write = (chunk: string | Uint8Array) => (text += chunk);
    table(openScreen({ isTTY, columns: width, write }, env, 'linux'), columns, rows);
    return text;
  };
  expect(show(10, false)).toBe(
    'ID   TYPE        LAST        NAME\n100  supergroup  2024-01-12  Zoë with a name that is long\n',
  );
  expect(show(45)).toBe(
    'ID   TYPE        LAST        NAME\n100  supergroup  2024-01-12  Zoë with a name…\n',
  );
  expect(show(32)).toBe('ID   TYPE        NAME\n100  supergroup  Zoë with a nam…\n');
  expect(show(20)).toBe('ID   NAME\n100  Zoë with a nam…\n');
  expect(show(20, true, { LANG: 'C' })).toBe('ID   NAME\n100  Zo? with a n...\n');
});
