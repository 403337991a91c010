import { expect, test, vi } from 'vitest';
import { displayWidth } from '../src/display-width.ts';
import { bytes, cut, duration, plural, printable } from '../src/output.ts';
import { describe as describeProgress, Progress } from '../src/progress.ts';
import { Reporter } from '../src/reporter.ts';
import { openScreen } from '../src/screen.ts';

test('control characters, line breaks and direction marks become visible', () => {
  expect(printable('a\u001b[2Jb\nc\u202ed\u0000')).toBe('a\\u{1b}[2Jb⏎c\\u{202e}d\\u{0}');
  expect(printable('Ümlaut 👍 שלום')).toBe('Ümlaut 👍 שלום');
});

test('width counts two columns for wide characters and none for combining marks', () => {
  expect(displayWidth('abc')).toBe(3);
  expect(displayWidth('小林')).toBe(4);
  expect(displayWidth('e\u0301')).toBe(1);
  expect(displayWidth('👩‍👩‍👧')).toBe(2);
});

test('text is cut between characters, never inside one', () => {
  expect(cut('abcdef', 4)).toBe('abc…');
  expect(cut('小林さん', 5)).toBe('小林…');
  expect(cut('abc', 3)).toBe('abc');
});

test('numbers read well', () => {
  expect(bytes(999)).toBe('999 B');
  expect(bytes(999_999)).toBe('1.0 MB');
  expect(bytes(2_147_483_648)).toBe('2.1 GB');
  expect(duration(400)).toBe('0.4 s');
  expect(duration(200_000)).toBe('3 min 20 s');
  expect(plural(1, 'message')).toBe('1 message');
  expect(plural(20_000, 'message')).toBe('20,000 messages');
});

test('progress names rate and time left', () => {
  const options = { label: 'importing', unit: 'bytes', total: 200e6 } as const;
  expect(describeProgress(options, 50e6, 500)).toBe(
    'importing  25 %  50.0 MB of 200.0 MB  100.0 MB/s  1.5 s left',
  );
  expect(describeProgress({ label: 'importing', unit: 'bytes' }, 50e6, 500)).toBe(
    'importing  50.0 MB  100.0 MB/s',
  );
});

test('progress is silent without a terminal, in the first second, and when asked to be', () => {
  const show = (isTTY: boolean, now: number, quiet = false, TERM = 'xterm'): string => {
    let written = '';
    const stream = { isTTY, columns: 40, write: (text: string | Uint8Array) => (written += text) };
    const clock = vi.spyOn(performance, 'now').mockReturnValue(0);
    const report = new Reporter(openScreen(stream, { TERM }, 'linux'), { quiet });
    const progress = new Progress({ report }, { label: 'checking', unit: 'bytes', total: 4e6 });
    clock.mockReturnValue(now);
    progress.update(1e6);
    return written;
  };
  expect(show(true, 900)).toBe('');
  expect(show(false, 1100)).toBe('');
  expect(show(true, 1100, true)).toBe('');
  expect(show(true, 1100, false, 'dumb')).toBe('');
  expect(show(true, 1100)).toBe('\r\x1b[2Kchecking  25 %  1.0 MB of 4.0 MB  909.…');
});
