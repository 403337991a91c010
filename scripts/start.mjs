// The main job on a sample: writes an export as Telegram Desktop does, imports it, processes it, and shows the result.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { styleText } from 'node:util';

const root = join(import.meta.dirname, '..');
const sample = 'sample';
const tgstore = join(root, 'packages/cli/dist/bin.js');

say('Building the packages');
build();

say(`Writing the export of an invented account to ${sample}/export/result.json (seed 1)`);
rmSync(join(root, sample), { recursive: true, force: true });
run('node', [
  '--import',
  'tsx',
  '--conditions=@tgstore/source',
  'scripts/write-sample.ts',
  `${sample}/export`,
]);

show(['import', `${sample}/export`]);
show(['process', '--exec', `node examples/digest.mjs ${sample}/digests`]);
show(['list']);
show(['stats']);
show(['check']);

console.log(`
What to look at: the store in ${sample}/chats, a digest for each conversation in ${sample}/digests;
and all of it in the browser:

  npx -y pnpm@12 tgstore serve --open --store ${sample}/chats --media ${sample}/export

What to type next, with your own export (Telegram Desktop > Settings > Advanced >
Export Telegram data, format JSON):

  npx -y pnpm@12 tgstore import ~/Downloads/DataExport_2026-11-23 --store my-chats
  npx -y pnpm@12 tgstore list --store my-chats
  npx -y pnpm@12 tgstore --help
`);

function build() {
  const { status, stdout } = spawnSync(process.execPath, ['scripts/turbo.mjs', 'run', 'build'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status === 0) return;
  process.stdout.write(stdout);
  process.exit(1);
}

function show(args) {
  console.log(styleText('bold', `\n$ tgstore ${args.map(quote).join(' ')}`));
  run('node', [tgstore, ...args, '--store', `${sample}/chats`]);
}

function run(command, args) {
  const { status } = spawnSync(command === 'node' ? process.execPath : command, args, {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}

function say(text) {
  console.log(styleText('dim', `${text} …`));
}

function quote(text) {
  return /[^\w@%+=:,./-]/.test(text) ? `'${text}'` : text;
}
