// Publishes the packages: builds them, checks each as npm shows it, packs, publishes what the registry does not have yet, tags.
// npm publishes, not "changeset publish": that one has pnpm do it, which takes no notice of NPM_CONFIG_PROVENANCE.
//
//   npx -y pnpm@12 release            the real one, which .github/workflows/release.yml calls; refuses where changesets wait
//   npx -y pnpm@12 release:dry-run    all of it in a temporary clone of HEAD: version, CHANGELOGs, the same `pnpm release` to a
//                                     registry on this machine, then installs from it and runs what came
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { installInto } from './installs/project.mjs';
import { pack, packages } from './packages.mjs';
import { startRegistry } from './registry.mjs';
import { run } from './run.mjs';
import { temporaryDirectory } from './temporary-directory.mjs';

const root = join(import.meta.dirname, '..');

if (process.argv.includes('--dry-run')) {
  process.on('uncaughtException', (error) => {
    console.error(`release: ${error.message}`);
    process.exit(1);
  });
  await dryRun();
  process.exit(0);
}
await release();

async function release() {
  const waiting = changesets(root);
  if (waiting.length > 0) {
    console.error(`release: ${waiting.length} changesets wait; "pnpm run version" first`);
    process.exit(1);
  }
  show('node', 'scripts/turbo.mjs', 'run', 'build', 'check:package', '--log-order=grouped');
  const directory = temporaryDirectory('release');
  for (const one of packages) {
    const id = `${one.manifest.name}@${one.manifest.version}`;
    if (await isPublished(id)) {
      console.log(`${id} is there already`);
      continue;
    }
    show('npm', 'publish', await pack(one, directory));
  }
  // changesets/action makes a release on GitHub of each tag that this prints
  show('changeset', 'tag');
}

async function isPublished(id) {
  try {
    return (await run('npm', ['view', id, 'version'], { cwd: root })).trim() !== '';
  } catch (error) {
    if (error.message.includes('E404')) return false;
    throw error;
  }
}

function show(command, ...args) {
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(status ?? 1);
}

async function dryRun() {
  const directory = temporaryDirectory('release');
  const clone = join(directory, 'clone');
  const git = (...args) => run('git', args, { cwd: clone });

  await run('git', ['clone', '--quiet', '--no-local', root, clone]);
  await git('config', 'user.name', 'dry run');
  await git('config', 'user.email', 'dry-run@localhost');
  const head = (await git('rev-parse', '--short', 'HEAD')).trim();
  const checkout = () => run('git', ['status', '--porcelain'], { cwd: root });
  const changed = await checkout();
  step(`cloned ${head}${changed ? '; what is not committed is not in it' : ''}`);

  await run('pnpm', ['install', '--frozen-lockfile', '--prefer-offline'], { cwd: clone });
  step('pnpm install');

  const waiting = changesets(clone);
  if (waiting.length === 0) {
    writeFileSync(
      join(clone, '.changeset/dry-run.md'),
      '---\n"@tgstore/cli": patch\n---\n\nTry the release\n',
    );
  }
  const before = versionOf(clone);
  await run('pnpm', ['run', 'version'], { cwd: clone });
  const version = versionOf(clone);
  if (version === before) throw new Error(`"pnpm run version" left the version at ${before}`);
  const written =
    waiting.length === 0 ? 'one changeset made for this run' : `${waiting.length} changesets`;
  step(
    `pnpm run version: ${before} to ${version}, of ${written}; CHANGELOG.md of the command line:`,
  );
  console.log(changelog(clone, 10));
  await git('add', '--all');
  await git('commit', '--quiet', '--message', `Release ${version}`);

  const { npmrc, url } = await startRegistry();
  appendFileSync(join(clone, '.npmrc'), npmrc);
  const printed = await run('pnpm', ['release'], { cwd: clone });
  const published = [...printed.matchAll(/^\+ @tgstore\/(\w+)@/gm)].map(([, name]) => name);
  step(`pnpm release, to ${url}: ${published.join(', ')}`);
  if (published.length !== packages.length) throw new Error(`not all were published:\n${printed}`);

  await useCommandLine(join(directory, 'command-line'), { version, npmrc });
  await useLibrary(join(directory, 'library'), { version, npmrc });
  if ((await checkout()) !== changed) throw new Error('the dry run changed the checkout');
  console.log('release: the dry run worked; the checkout is as it was');
}

async function useCommandLine(project, { version, npmrc }) {
  const name = `@tgstore/cli@${version}`;
  await installInto(project, { manager: 'npm', name, npmrc });
  mkdirSync(join(project, 'export'));
  writeFileSync(
    join(project, 'export/result.json'),
    '{"name":"Ann","type":"personal_chat","id":1,"messages":[{"id":5,"type":"message","date":"2023-11-15T12:30:00","date_unixtime":"1700051400","from":"Ann","from_id":"user1","text":"Hi"}]}',
  );
  step(`npm install ${name}`);
  for (const args of [['--version'], ['import', 'export'], ['list']]) {
    const bin = join(project, 'node_modules/.bin/tgstore');
    const printed = await run(bin, args, { cwd: project });
    console.log(indent(`$ tgstore ${args.join(' ')}\n${printed.trimEnd()}`));
    if (args[0] === '--version' && printed.trim() !== version) {
      throw new Error(`the command line says that it is ${printed.trim()}, not ${version}`);
    }
  }
}

async function useLibrary(project, { version, npmrc }) {
  const name = `@tgstore/schema@${version}`;
  await installInto(project, { manager: 'pnpm', name, npmrc });
  const program =
    "import { ConversationSerializer, sampleConversation } from '@tgstore/schema'; console.log(ConversationSerializer.serialize(sampleConversation()).length);";
  writeFileSync(join(project, 'program.mjs'), program);
  const printed = await run('node', ['program.mjs'], { cwd: project });
  step(`pnpm add ${name}; a program that imports it printed ${printed.trim()}`);
}

function changesets(directory) {
  return readdirSync(join(directory, '.changeset')).filter((name) => name.endsWith('.md'));
}

function versionOf(directory) {
  return JSON.parse(readFileSync(join(directory, 'packages/cli/package.json'), 'utf8')).version;
}

function changelog(directory, lines) {
  const text = readFileSync(join(directory, 'packages/cli/CHANGELOG.md'), 'utf8');
  const all = text.split('\n').filter((line) => line.trim() !== '');
  const shown = all
    .slice(0, lines)
    .map((line) => (line.length > 110 ? `${line.slice(0, 109)}…` : line));
  const rest = all.length - shown.length;
  return indent([...shown, ...(rest > 0 ? [`… ${rest} more lines`] : [])].join('\n'));
}

function indent(text) {
  return text.replaceAll(/^/gm, '        ');
}

function step(text) {
  console.log(`${String(Math.round(process.uptime())).padStart(4)} s  ${text}`);
}
