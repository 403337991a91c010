import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runTypeScript } from './start-typescript.ts';
import { tempDirectory } from './temp-directory.ts';

/** What a test asks of the README of a package. */
export interface Readme {
  readonly text: string;
  /** What the example prints when it runs in an empty directory, and what the README says that it prints. */
  runExample(): Promise<{ readonly printed: string; readonly said: string | undefined }>;
  /** Error codes of the source, and those in the table of the README; both in order. */
  errorCodes(prefix: string): Promise<{ readonly thrown: string[]; readonly explained: string[] }>;
  /** Rejects where a test file that the README names is not there. */
  assertTestsExist(): Promise<void>;
}

/** The README of the package in whose `test` folder a file is: `import.meta.url`. */
export async function readReadme(testFile: string): Promise<Readme> {
  const source = new URL('../src/index.ts', testFile).href;
  const text = await readFile(new URL('../README.md', testFile), 'utf8');
  const find = (pattern: RegExp): string[] =>
    [...text.matchAll(pattern)].map(([, found = '']) => found);
  return {
    text,
    async runExample() {
      const [code = ''] = find(/```ts\n(.*?)```/gs);
      const [said] = find(/```text\n(.*?)```/gs);
      const [name = ''] = find(/^# (@tgstore\/\w+)$/gm);
      await using dir = await tempDirectory();
      const file = join(dir.path, 'example.mts');
      await writeFile(file, code.replace(`'${name}'`, `'${source}'`));
      return { printed: await runTypeScript(pathToFileURL(file), { cwd: dir.path }), said };
    },
    async errorCodes(prefix) {
      const errors = await readFile(new URL('../src/errors.ts', testFile), 'utf8');
      const thrown = [...errors.matchAll(new RegExp(`'(${prefix}_\\w+)'`, 'g'))];
      return {
        thrown: [...new Set(thrown.map(([, code = '']) => code))],
        explained: find(new RegExp(`^\\| \`(${prefix}_\\w+)\``, 'gm')),
      };
    },
    async assertTestsExist() {
      for (const name of find(/`([\w.-]+\.test\.ts)`/g)) await readFile(new URL(name, testFile));
    },
  };
}
