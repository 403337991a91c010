import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { type Readme, readReadme, tempDirectory } from '../src/index.ts';

const SOURCE = `
export type LockErrorCode = 'LOCK_LOST' | 'LOCK_TIMEOUT';
export interface WaitOptions {
  /** How long to wait, in milliseconds. @default 5_000 */
  readonly timeoutMs?: number | undefined;
  readonly onWait?: ((holder: string) => void) | undefined;
}
export class Lock {
  #held = true;
  /** Gives it back. */
  release({ force = false }: { readonly force?: boolean } = {}): boolean { return this.#held && force; }
}
export function wait({ timeoutMs = 5_000, onWait }: WaitOptions = {}): void { onWait?.(String(timeoutMs)); }
`;

const README = `# @tgstore/example

Waits for others.

\`\`\`ts
console.log('Hi');
\`\`\`

\`\`\`text
Hi
\`\`\`

\`wait(options?)\`, \`Lock\`, \`release(options?)\`, \`LockErrorCode\`

| \`WaitOptions\` | type | default | |
| --- | --- | --- | --- |
| \`timeoutMs\` | \`number\` | \`5_000\` | how long to wait, in milliseconds |
| \`onWait\` | \`(holder: string) => void\` | none | called once |

| option | type | default | |
| --- | --- | --- | --- |
| \`release.force\` | \`boolean\` | \`false\` | at once |

| code | cause | remedy |
| --- | --- | --- |
| \`LOCK_LOST\` | it was broken | begin again |
| \`LOCK_TIMEOUT\` | others had it | later |
`;

/** Asks a question of a package like ours, with one text replaced in its source or its README. */
async function ask<T>(
  question: (readme: Readme) => Promise<T>,
  [from, to]: readonly [string, string] = ['', ''],
): Promise<T> {
  await using root = await tempDirectory();
  const folder = join(root.path, 'packages/example');
  await mkdir(join(folder, 'src'), { recursive: true });
  await mkdir(join(folder, 'test'));
  const compilerOptions = { strict: true, target: 'es2023', module: 'nodenext', types: [] };
  await writeFile(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, include: ['src'] }),
  );
  const manifest = { name: '@tgstore/example', description: 'Waits for others.' };
  await writeFile(join(folder, 'package.json'), JSON.stringify({ ...manifest, type: 'module' }));
  expect(SOURCE + README).toContain(from);
  await writeFile(join(folder, 'src/index.ts'), SOURCE.replace(from, to));
  await writeFile(join(folder, 'README.md'), README.replace(from, to));
  return await question(await readReadme(pathToFileURL(join(folder, 'test/readme.test.ts')).href));
}

test('a README that says all of its package has no problems', async () => {
  // there are no types of Node here, and so no console
  expect(await ask((readme) => readme.findProblems(), ["console.log('Hi');", ''])).toEqual([]);
});

test.each([
  [
    'a row is missing',
    '| `onWait` | `(holder: string) => void` | none | called once |\n',
    '',
    'WaitOptions.onWait: no table has it',
  ],
  [
    'a default is another',
    '| `5_000` |',
    '| `6_000` |',
    'WaitOptions.timeoutMs: its default is 5_000, not 6_000',
  ],
  [
    'the tag of a default changes',
    '@default 5_000',
    '@default 7_000',
    'WaitOptions.timeoutMs: its default is 7_000, not 5_000',
  ],
  [
    'the tag is not what the code does',
    '@default 5_000',
    '@default 7_000',
    'index.ts:13: timeoutMs is 5_000 here, and its @default says 7_000',
  ],
  [
    'a default in a signature changes',
    'force = false',
    'force = true',
    'release.force: its default is true, not false',
  ],
  [
    'a type is another',
    '| `number` |',
    '| `string` |',
    'WaitOptions.timeoutMs: its type is number, not string',
  ],
  [
    'a unit is not said',
    'how long to wait, in milliseconds |',
    'how long to wait |',
    'WaitOptions.timeoutMs: its unit is milliseconds, which is not said',
  ],
  [
    'an option is invented',
    '`release.force`',
    '`release.force`, `release.now`',
    'release.now: there is none',
  ],
  ['a function is new', '', 'export function wake(): void {}\n', 'wake is not named'],
  ['a method is new', '#held = true;', '#held = true;\n  keep(): void {}', 'keep is not named'],
  [
    'a code is new',
    "'LOCK_LOST' |",
    "'LOCK_LOST' | 'LOCK_DAMAGED' |",
    'no row explains LOCK_DAMAGED',
  ],
  ['a code has no remedy', '| begin again |', '| |', 'no row explains LOCK_LOST'],
  ['a code is no more', "| 'LOCK_TIMEOUT'", '', 'LOCK_TIMEOUT is never thrown'],
  [
    'the sentence is another',
    'Waits for others.',
    'Waits.',
    'the first sentence is not the description',
  ],
  [
    'a link is relative',
    'Waits for others.\n',
    'Waits for others.\n[here](../lock)\n',
    '../lock leads nowhere on npmjs.com',
  ],
  [
    'a test is not there',
    'Waits for others.\n',
    'Waits for others.\n`lock.test.ts`\n',
    'lock.test.ts is named and not there',
  ],
  [
    'an example does not compile',
    "console.log('Hi')",
    'const hi: number = "Hi"',
    "example: Type 'string' is not assignable to type 'number'. at hi: number = \"Hi\";",
  ],
])('where %s, the problem is named', async (_, from, to, problem) => {
  expect(await ask((readme) => readme.findProblems(), [from, to])).toContain(problem);
});

test('examples are run, each, and what they print is compared with what is said', async () => {
  const run = (readme: Readme) => readme.runExamples();
  expect(await ask(run)).toEqual({ printed: ['Hi\n'], said: ['Hi\n'] });
  const more = "Waits.\n\n```ts\nconsole.log('unsaid');\n```\n";
  const { printed, said } = await ask(run, ['Waits for others.', more]);
  expect(printed).toEqual(['unsaid\n', 'Hi\n']);
  expect(said).toEqual(['', 'Hi\n']);
});

test('an example with a reason above it is not run', async () => {
  const marked = '<!-- not run: it needs a server -->\n```ts\nconsole';
  const { printed } = await ask((readme) => readme.runExamples(), ['```ts\nconsole', marked]);
  expect(printed).toEqual([]);
});
