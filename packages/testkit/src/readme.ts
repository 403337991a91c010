import { readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { checkExamples } from './check-examples.ts';
import { namesIn, readTables } from './markdown-tables.ts';
import { readPublicApi } from './public-api.ts';
import { compareOptions } from './readme-options.ts';
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
  const root = join(packageFolder, '../..');
  const text = await readFile(join(packageFolder, 'README.md'), 'utf8');
  const links = [...text.matchAll(REPOSITORY)].map(([, path = '']) => path);
  const pages = links.filter((path) => /^docs\/[\w-]+-api\.md$/.test(path));
  const texts = [text];
  for (const page of new Set(pages)) texts.push(await readFile(join(root, page), 'utf8'));
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
      const api = readPublicApi(join(packageFolder, 'src/index.ts'));
      const manifest = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8'));
      const [title, , sentence] = text.split('\n');
      const codes = [
        ...all.matchAll(/^\| `([A-Z]+_\w+)` *\| *([^|\s].*?) *\| *([^|\s].*?) *\|$/gm),
      ];
      const explained = codes.map(([, code]) => code);
      const tests = [...all.matchAll(/`([\w./-]+\.test\.ts)`/g)].map(([, name = '']) => name);
      return [
        ...say(title !== `# ${manifest.name}`, `the title is not ${manifest.name}`),
        ...say(sentence !== manifest.description, 'the first sentence is not the description'),
        ...say(text.split('\n').length > 151, 'it has more than 150 lines'),
        ...api.names.filter((name) => !isNamed(name, all)).map((name) => `${name} is not named`),
        ...compareOptions(readTables(all), api.options),
        ...api.wrongDefaults,
        ...api.codes
          .filter((code) => !explained.includes(code))
          .map((code) => `no row explains ${code}`),
        ...explained.flatMap((code = '') =>
          say(!api.codes.includes(code), `${code} is never thrown`),
        ),
        ...[...text.matchAll(/\]\((?!https:\/\/|#)([^)]+)\)/g)].map(
          ([, to]) => `${to} leads nowhere on npmjs.com`,
        ),
        ...(await absentFrom(root, links)).map((path) => `${path} is linked and not there`),
        ...(await absentFrom(testFolder, tests)).map((name) => `${name} is named and not there`),
        ...checkExamples(
          testFolder,
          examples.map(({ code }) => code),
        ),
      ];
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

/** Names stand in code: `name`, `name(…)`, `object.name`. */
function isNamed(name: string, text: string): boolean {
  const word = new RegExp(`(?<![\\w])${name}(?![\\w])`);
  return namesIn(text.replaceAll(/^```.*?^```/gms, '')).some((code) => word.test(code));
}

function say(isWrong: boolean, problem: string): string[] {
  return isWrong ? [problem] : [];
}

/** Those of the paths below a folder at which nothing is. */
async function absentFrom(folder: string, paths: readonly string[]): Promise<string[]> {
  const found = await Promise.all(paths.map((path) => exists(join(folder, path))));
  return paths.filter((_, at) => !found[at]);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
