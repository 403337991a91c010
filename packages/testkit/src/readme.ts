import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { runTypeScript } from './start-typescript.ts';
import { tempDirectory } from './temp-directory.ts';

/** What a test asks of the README of a package. */
export interface Readme {
  readonly text: string;
  /**
   * What each example prints when it runs in an empty directory, which `prepare` may fill before, and what the `text` block behind
   * it says that it prints (nothing, where there is none). One that can't be run has `<!-- not run: why -->` in the line above it.
   */
  runExamples(
    prepare?: (directory: string) => Promise<void>,
  ): Promise<{ readonly printed: readonly string[]; readonly said: readonly string[] }>;
  /** What the README, and the pages `docs/…-api.md` that it links, leave out or say wrongly of the package; in words. */
  findProblems(): Promise<string[]>;
}

const REPOSITORY = /https:\/\/github\.com\/tgstore\/tgstore\/(?:blob|tree)\/main\/([\w./-]*)/g;

/** The README of the package in whose `test` folder a file is: `import.meta.url`. */
export async function readReadme(testFile: string): Promise<Readme> {
  const testFolder = dirname(fileURLToPath(testFile));
  const packageFolder = dirname(testFolder);
  const text = await readFile(join(packageFolder, 'README.md'), 'utf8');
  const links = [...text.matchAll(REPOSITORY)].map(([, path = '']) => path);
  const pages = links.filter((path) => /^docs\/[\w-]+-api\.md$/.test(path));
  const texts = [text];
  for (const page of new Set(pages))
    texts.push(await readFile(join(packageFolder, '../..', page), 'utf8'));
  const all = texts.join('\n');
  const examples = findExamples(all);
  return {
    text,
    async runExamples(prepare) {
      const printed: string[] = [];
      for (const { code } of examples) {
        await using directory = await tempDirectory();
        await prepare?.(directory.path);
        const file = join(directory.path, 'example.mts');
        const index = (name: string) =>
          pathToFileURL(join(packageFolder, `../${name}/src/index.ts`));
        await writeFile(
          file,
          code.replaceAll(/(?<=')@tgstore\/(\w+)(?=')/g, (_, name) => `${index(name)}`),
        );
        printed.push(await runTypeScript(pathToFileURL(file), { cwd: directory.path }));
      }
      return { printed, said: examples.map(({ output }) => output) };
    },
    async findProblems() {
      // it loads the compiler, for which those who only run something should not wait
      const { findProblems } = await import('./readme-problems.ts');
      const codes = examples.map(({ code }) => code);
      return await findProblems({ packageFolder, text, all, links, examples: codes });
    },
  };
}

function findExamples(text: string): { readonly code: string; readonly output: string }[] {
  const blocks =
    /(<!-- not run: [^\n]+ -->\n+)?^```(?:ts|js)\n(.*?)^```(?:\n+```text\n(.*?)^```)?/gms;
  return [...text.matchAll(blocks)]
    .filter(([, reason]) => reason === undefined)
    .map(([, , code = '', output = '']) => ({ code, output }));
}
