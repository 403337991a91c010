import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { checkExamples } from './check-examples.ts';
import { namesIn, readTables } from './markdown-tables.ts';
import { readPublicApi } from './public-api.ts';
import { compareOptions } from './readme-options.ts';

/** The README of a package, taken apart. */
interface ReadmeParts {
  readonly packageFolder: string;
  readonly text: string;
  /** With the pages that it links. */
  readonly all: string;
  /** Paths in the repository that it links. */
  readonly links: readonly string[];
  /** The code of its examples. */
  readonly examples: readonly string[];
}

/** What a README leaves out or says wrongly of its package; in words. */
export async function findProblems(readme: ReadmeParts): Promise<string[]> {
  const { packageFolder, text, all, links, examples } = readme;
  const testFolder = join(packageFolder, 'test');
  const root = join(packageFolder, '../..');
  const api = readPublicApi(join(packageFolder, 'src/index.ts'));
  const manifest = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8'));
  const [title, , sentence] = text.split('\n');
  const codes = [...all.matchAll(/^\| `([A-Z]+_\w+)` *\| *([^|\s].*?) *\| *([^|\s].*?) *\|$/gm)];
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
    ...explained.flatMap((code = '') => say(!api.codes.includes(code), `${code} is never thrown`)),
    ...[...text.matchAll(/\]\((?!https:\/\/|#)([^)]+)\)/g)].map(
      ([, to]) => `${to} leads nowhere on npmjs.com`,
    ),
    ...(await absentFrom(root, links)).map((path) => `${path} is linked and not there`),
    ...(await absentFrom(testFolder, tests)).map((name) => `${name} is named and not there`),
    ...checkExamples(testFolder, examples),
  ];
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
