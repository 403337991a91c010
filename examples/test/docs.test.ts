// Each command and program in the docs is run, and must print what stands there. support/document.ts says how blocks are marked.
// A page of its own, or a directory of pages, is added to PAGES.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { tempDirectory } from '@tgstore/testkit';
import { describe, expect, test } from 'vitest';
import { checkSyntax } from './support/check-syntax.ts';
import { isAsSaid } from './support/compare-output.ts';
import { readBlocks } from './support/document.ts';
import { runDocument, unmarkedBlocks } from './support/run-document.ts';

const PAGES = ['README.md', 'docs/explorer.md', 'docs/recipes/', 'CONTRIBUTING.md', 'SECURITY.md'];

const root = new URL('../../', import.meta.url);
const pages = PAGES.flatMap((page) =>
  page.endsWith('/') ? readdirSync(new URL(page, root)).map((name) => `${page}${name}`) : [page],
);

describe.each(pages)('%s', (page) => {
  const text = readFileSync(new URL(page, root), 'utf8');

  test('says of each block whether it is run, and if not, why', () => {
    expect(unmarkedBlocks(text)).toEqual([]);
  });

  test('leads only to what is there', () => {
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)].map(
      ([, link = '']) => link,
    );
    const missing = links.filter((link) => !existsSync(new URL(link, new URL(page, root))));
    expect(missing).toEqual([]);
  });

  test('prints what it says', async () => {
    await using directory = await tempDirectory();
    const { faults, skipped } = await runDocument(text, directory.path);
    for (const what of skipped) process.stderr.write(`${page}, ${what}: NOT run\n`);
    expect(faults.join('\n\n')).toBe('');
  }, 300_000);

  test.for(filesOf(text))(
    'has $name, which its tool can read',
    async ({ name, text }, { skip }) => {
      await using directory = await tempDirectory();
      const { tool, complaint } = await checkSyntax(name, text, directory.path);
      if (complaint === 'missing') {
        process.stderr.write(`${page}, ${name}: NOT checked, ${tool} is missing\n`);
        skip();
      }
      expect(complaint).toBe('');
    },
  );
});

describe('the runner', () => {
  test('names blocks of which nothing is said, or of which nothing is said why they are not run', () => {
    const marked = page('<!-- not run: it needs a server -->', 'a', '<!-- file x -->', 'b');
    expect(unmarkedBlocks(marked)).toEqual([]);
    const unmarked = page('Some text', 'a', '<!-- not run: -->', 'b', '<!-- run so -->', 'c');
    expect(unmarkedBlocks(unmarked)).toEqual(['line 2: a', 'line 7: b', 'line 12: c']);
    const after = page('<!-- run -->', '$ true', '', 'what is this');
    expect(unmarkedBlocks(after)).toEqual(['line 7: what is this']);
  });

  test('finds output, statuses and streams that are not as the page says', async () => {
    const text = page(
      '<!-- file greet.sh -->',
      'echo hello',
      '<!-- run NAME=Ann -->',
      '$ sh greet.sh\nhello\n$ echo "$NAME" \\\n  >&2\nAnn\n$ exit 3\n(exits with 3)',
      '<!-- run -->',
      '$ sh greet.sh\nhullo\n$ exit 3\n$ true\n…\nmore',
      '<!-- run needs no-such-program -->',
      '$ false',
    );
    await using directory = await tempDirectory();
    const { faults, skipped, commands } = await runDocument(text, directory.path);
    expect(faults).toEqual([
      'line 18: sh greet.sh\nprints\nhello\n\nbut the page says\nhullo\n',
      'line 18: exit 3\nprints\n(exits with 3)\nbut the page says\n',
      'line 18: true\nprints\n\nbut the page says\n…\nmore',
    ]);
    expect(skipped).toEqual(['line 28 needs no-such-program']);
    expect(commands).toBe(6);
  });

  test('runs programs with the packages of this workspace, and compares with the block behind them', async () => {
    const program = (language: string, code: string, said: string): string =>
      `<!-- run -->\n\`\`\`${language}\n${code}\n\`\`\`\n\nIt prints\n\n\`\`\`text\n${said}\n\`\`\`\n`;
    const code = "import { encodeId } from '@tgstore/core';\nconsole.log(encodeId('a/b'));";
    const typed = 'const n: number = 1;\nconsole.log(n);';
    const text =
      program('js', code, 'a~2fb') + program('ts', typed, '1') + program('js', typed, '1');
    expect(unmarkedBlocks(text)).toEqual([]);
    await using directory = await tempDirectory();
    const { faults } = await runDocument(text, directory.path);
    expect(faults).toEqual([expect.stringContaining('SyntaxError')]);
  });

  test.for([
    ['OK  22 conversations · 0.4 s', 'OK  22 conversations · 1.2 min', true],
    ['OK  22 conversations · 0.4 s', 'OK  21 conversations · 0.4 s', false],
    ['a\nb\nc', 'a\n…\nc', true],
    ['a\nc', 'a\n…\nc', true],
    ['a\nb\nc', 'a\n…', true],
    ['a\nb\nc', 'a\n…\nb', false],
    ['in /tmp/x/chats, now', 'in …/chats, now', true],
    ['in /tmp/x/chats\nnow', 'in …now', false],
    ['20261123T014500Z_manual', '20200101T000000Z_manual', true],
    ['2026-11-23T01:45:00Z', '2026-11-23', false],
    ['process 7  alive', 'process 4711 alive', true],
    ['a.b', 'a+b', false],
  ] as const)('%j is as %j: %s', ([printed, said, expected]) => {
    expect(isAsSaid(printed, said)).toBe(expected);
  });
});

/** A page of comments or words, each followed by a block. */
function page(...parts: readonly string[]): string {
  return parts
    .map((part, index) => (index % 2 === 0 ? `${part}\n` : `\`\`\`\n${part}\n\`\`\`\n\n`))
    .join('');
}

/** The files that a page gives to other tools. */
function filesOf(markdown: string): { name: string; text: string }[] {
  return readBlocks(markdown)
    .map(({ purpose, text }) => ({ name: purpose?.kind === 'file' ? purpose.name : '', text }))
    .filter(({ name }) => /\.(sh|yaml|service|timer)$/.test(name));
}
