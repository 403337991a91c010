// Packs every published package as npm would, installs the tarballs in an empty project, and uses them as their users do:
// from an ES module, from require(), from TypeScript, and the command line. Packages that look right can still throw on the
// first call; only calling them shows it.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

const root = join(import.meta.dirname, '..');
const packages = ['schema', 'fs', 'lock', 'backup', 'formats', 'core', 'cli'];

/** What a consumer does with each library; `true` when it works. */
const uses = {
  schema: `ConversationSerializer.deserialize(ConversationSerializer.serialize(sampleConversation())).messages.size === 3`,
  fs: `(await atomicWrite('fs.txt', 'hello'), isTemporaryName(temporaryName()))`,
  lock: `(await withLock('lock.txt', async (lock) => lock.fencingNumber)) > 0`,
  backup: `(await new BackupManager({ storageDir: '.' }).listBackups()).backups.length === 0`,
  formats: `(await (await openExport((async function* () { yield Buffer.from('{"name":"A","type":"personal_chat","id":1,"messages":[]}'); })())).conversations().next()).value.place !== undefined`,
  core: `(await new FileManager({ storageDir: 'store' }).listConversations().catch((error) => [error.code]))[0] === 'STORE_NOT_A_STORE'`,
};
const names = {
  schema: ['ConversationSerializer', 'sampleConversation'],
  fs: ['atomicWrite', 'isTemporaryName', 'temporaryName'],
  lock: ['withLock'],
  backup: ['BackupManager'],
  formats: ['openExport'],
  core: ['FileManager'],
};

const directory = mkdtempSync(join(tmpdir(), 'tgstore-consumers-'));
try {
  const tarballs = packages.map(pack);
  writeFileSync(join(directory, 'package.json'), '{ "private": true, "type": "module" }\n');
  npm('install', '--no-audit', '--no-fund', '--loglevel=error', ...tarballs, ...typeScript());
  for (const name of Object.keys(uses)) {
    node(`${name}.mjs`, `import { ${names[name].join(', ')} } from '@tgstore/${name}';`, name);
    node(`${name}.cjs`, `const { ${names[name].join(', ')} } = require('@tgstore/${name}');`, name);
  }
  typeCheck();
  const version = execFileSync(join(directory, 'node_modules/.bin/tgstore'), ['--version']);
  expect('cli', /^\d+\.\d+\.\d+\n$/.test(version.toString()));
  expect('tgstore serve', (await servedPage()).includes('<div id="root">'));
  console.log(
    `check-consumers: ${packages.length} packages work from ESM, require() and TypeScript`,
  );
} finally {
  rmSync(directory, { recursive: true, force: true });
}

function pack(name) {
  const target = join(directory, 'tarballs', name);
  mkdirSync(target, { recursive: true });
  execFileSync('pnpm', ['pack', '--pack-destination', target], {
    cwd: join(root, 'packages', name),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [tarball] = readdirSync(target);
  return join(target, tarball);
}

function node(file, imports, name) {
  const body = `(async () => { if (!(${uses[name]})) throw new Error('wrong result'); })()`;
  writeFileSync(join(directory, file), `${imports}\n${body};\n`);
  execFileSync(process.execPath, ['--no-warnings', file], { cwd: directory, stdio: 'inherit' });
}

/** The compiler the workspace has, so that nothing more is downloaded. */
function typeScript() {
  return [join(root, 'node_modules/typescript'), join(root, 'node_modules/@types/node')];
}

function typeCheck() {
  const lines = Object.keys(uses).flatMap((name) => [
    `import { ${names[name].join(', ')} } from '@tgstore/${name}';`,
    `export const ${name}: boolean = ${uses[name]};`,
  ]);
  writeFileSync(join(directory, 'consumer.mts'), `${lines.join('\n')}\n`);
  const flags = ['--noEmit', '--strict', '--target', 'es2023', '--lib', 'es2023,esnext.disposable'];
  const modules = ['--module', 'nodenext', '--types', 'node', 'consumer.mts'];
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [compiler, ...flags, ...modules], {
    cwd: directory,
    stdio: 'inherit',
  });
}

/** The page of an explorer that is started and ended as a person does it. */
async function servedPage() {
  const store = join(directory, 'served');
  mkdirSync(store);
  writeFileSync(
    join(store, '1_unprocessed.json'),
    '{"messages":{},"metadata":{"conversation_id":"1"}}',
  );
  const args = ['serve', '--store', store];
  const child = spawn(join(directory, 'node_modules/.bin/tgstore'), args, { cwd: directory });
  const [address] = await once(child.stdout, 'data');
  const page = await (await fetch(address.toString().trim())).text();
  child.kill('SIGINT');
  const [status] = await once(child, 'exit');
  expect('the end of tgstore serve', status === 0);
  return page;
}

function npm(...args) {
  execFileSync('npm', args, { cwd: directory, stdio: ['ignore', 'ignore', 'inherit'] });
}

function expect(what, isTrue) {
  if (!isTrue) throw new Error(`${what} does not work as its users would use it`);
}
