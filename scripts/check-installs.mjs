// Packs and publishes every package to a registry of its own, installs each by its name alone into an empty project outside
// the workspace, and uses it as its users do: from an ES module, from require(), from TypeScript, at the command line, in a
// browser. Packages that look right can still throw on the first call, or need what is there only in the workspace.
//
//   npx -y pnpm@12 check:installs            each package × npm, pnpm × Node 20, 22, 24, 26
//   node scripts/check-installs.mjs --quick  what `pnpm test` runs: the other Nodes with npm alone, TypeScript with pnpm only as nodenext
//   --node 20,24  --manager npm  --package core,cli   only these
//   --write                                  writes docs/package-sizes.md anew, and does nothing else
//
// Other Nodes come from the registry, through npm's cache. It needs the packages built, as `pnpm build` does, and pnpm on the path.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { useInBrowser } from './installs/browser.mjs';
import { useCommandLine } from './installs/command-line.mjs';
import { nodeProgram } from './installs/node-versions.mjs';
import { programs } from './installs/programs.mjs';
import { installInto } from './installs/project.mjs';
import { differences, document, measure } from './installs/sizes.mjs';
import { twoAtATime } from './installs/two-at-a-time.mjs';
import { typeCheck } from './installs/type-check.mjs';
import { pack, packages } from './packages.mjs';
import { startRegistry } from './registry.mjs';
import { run } from './run.mjs';
import { temporaryDirectory } from './temporary-directory.mjs';

const SIZES = join(import.meta.dirname, '../docs/package-sizes.md');

const { values: options } = parseArgs({
  options: {
    node: { type: 'string', default: '20,22,24,26' },
    manager: { type: 'string', default: 'npm,pnpm' },
    package: { type: 'string', default: packages.map(({ name }) => name).join() },
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
const majors = chosen('node', ['20', '22', '24', '26']).map(Number);
const managers = chosen('manager', ['npm', 'pnpm']);
const names = chosen(
  'package',
  packages.map(({ name }) => name),
);
const current = Number(process.versions.node.split('.')[0]);

process.on('uncaughtException', (error) => {
  console.error(`check-installs: ${error.message}`);
  if (error.cause) console.error(error.cause.message);
  process.exit(1);
});
const started = performance.now();
const directory = temporaryDirectory('installs');
const tarballs = new Map();
await twoAtATime(packages, async (one) => {
  tarballs.set(one.name, await pack(one, join(directory, 'tarballs')));
});
if (options.write) {
  writeFileSync(SIZES, document(await measure(packages, tarballs)));
  console.log('docs/package-sizes.md is written');
  process.exit(0);
}
say('packed');
const { npmrc } = await startRegistry();
writeFileSync(join(directory, '.npmrc'), npmrc);
const nodes = new Map();
await twoAtATime([fetchNodes, publish], (job) => job());
say(`published to a registry of its own, Node ${majors.join(', ')} at hand`);
const projects = managers.flatMap((manager) =>
  names.map((name) => ({ manager, name, directory: join(directory, manager, name) })),
);
await twoAtATime(projects, async (project) => {
  await installInto(project.directory, {
    manager: project.manager,
    name: `@tgstore/${project.name}`,
    npmrc,
  });
  await use(project);
});
say(`${projects.length} installs with ${managers.join(', ')} used on Node ${majors.join(', ')}`);
await checkTypes();
await checkBrowser();
await checkSizes();
console.log(`check-installs: ${names.length} packages work by their names alone`);
process.exit(0);

async function fetchNodes() {
  for (const major of majors) nodes.set(major, await nodeProgram(major, directory));
}

/** In their order: npm warns of none that is missing. */
async function publish() {
  for (const { name } of packages) {
    await run('npm', ['publish', tarballs.get(name), '--loglevel=error'], { cwd: directory });
  }
}

async function use({ manager, name, directory: project }) {
  const isLibrary = name !== 'cli';
  const files = isLibrary ? programs(name) : {};
  for (const [file, text] of Object.entries(files)) writeFileSync(join(project, file), text);
  for (const [major, node] of nodes) {
    if (options.quick && manager !== 'npm' && major !== current) continue;
    if (!isLibrary) {
      const { version } = packages.find((one) => one.name === name).manifest;
      await useCommandLine(project, { node, version, store: `chats-${major}` });
      continue;
    }
    for (const kind of ['mjs', 'cjs']) {
      const place = join(project, `${kind}-${major}`);
      mkdirSync(place);
      await run(node, ['--no-warnings', `../use.${kind}`], { cwd: place });
    }
  }
}

async function checkTypes() {
  const libraries = names.filter((name) => name !== 'cli');
  if (libraries.length === 0) return;
  const jobs = managers.flatMap((manager) =>
    ['nodenext', 'bundler']
      .filter((resolution) => !options.quick || manager === 'npm' || resolution === 'nodenext')
      .map((resolution) => ({ manager, resolution })),
  );
  await twoAtATime(jobs, ({ manager, resolution }) => {
    const files = libraries.map((name) => join(directory, manager, name, 'use.mts'));
    return typeCheck(join(directory, manager), files, resolution);
  });
  say(
    `TypeScript: ${jobs.map(({ manager, resolution }) => `${manager} ${resolution}`).join(', ')}`,
  );
}

async function checkBrowser() {
  if (!names.includes('schema')) return;
  const { kB, ran } = await useInBrowser(join(directory, managers[0], 'schema'));
  say(`@tgstore/schema in a browser: bundle of ${kB} kB, ${ran}`);
}

async function checkSizes() {
  const rows = await measure(packages, tarballs);
  console.log(
    document(rows)
      .match(/^\|.*\|$/gm)
      .join('\n'),
  );
  const found = differences(SIZES, rows);
  if (found.length === 0) return;
  console.error(`docs/package-sizes.md is not what the packages are:\n  ${found.join('\n  ')}`);
  console.error('Where that is meant: npx -y pnpm@12 check:installs --write');
  process.exit(1);
}

function chosen(option, known) {
  const items = options[option].split(',');
  const unknown = items.find((item) => !known.includes(item));
  if (unknown === undefined) return items;
  console.error(`--${option} ${unknown}: one or more of ${known.join(',')}`);
  return process.exit(2);
}

function say(text) {
  console.log(`${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s  ${text}`);
}
