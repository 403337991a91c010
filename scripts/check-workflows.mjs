// The workflows of GitHub can't be run here; what can be known of them is: that they are YAML of the right shape, that they run
// the commands that a person would (scripts of package.json), and that each action is pinned and each permission named.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';

const root = join(import.meta.dirname, '..');
// core depends on it, the root does not
const { parse } = createRequire(join(root, 'packages/core/package.json'))('yaml');
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const problems = [];
const folder = join(root, '.github/workflows');
const names = readdirSync(folder);
for (const name of names) {
  const workflow = parse(readFileSync(join(folder, name), 'utf8'), { strict: true });
  for (const key of ['name', 'on', 'permissions', 'jobs']) {
    if (workflow[key] === undefined) problems.push(`${name}: no "${key}"`);
  }
  for (const [job, { 'runs-on': machine, steps = [] }] of Object.entries(workflow.jobs ?? {})) {
    if (!machine) problems.push(`${name}: ${job}: no "runs-on"`);
    for (const step of steps) check(`${name}: ${job}`, step);
  }
}
parse(readFileSync(join(root, '.github/dependabot.yml'), 'utf8'), { strict: true });

for (const problem of problems) console.error(`check-workflows: ${problem}`);
if (problems.length > 0) process.exit(1);
console.log(`check-workflows: ${names.join(', ')} run what package.json has`);

function check(place, { uses, run, with: inputs = {} }) {
  if ((uses === undefined) === (run === undefined))
    problems.push(`${place}: one of "uses" and "run"`);
  if (uses && !/^[\w-]+\/[\w-]+@(v\d+|[0-9a-f]{40})$/.test(uses)) {
    problems.push(`${place}: "${uses}" is not pinned to a version`);
  }
  const commands = [run, inputs.version, inputs.publish].filter(Boolean).join('\n');
  for (const [, command] of commands.matchAll(/\bpnpm(?:@\d+)? (?:run )?([\w:-]+)/g)) {
    if (command === 'install' || scripts[command]) continue;
    problems.push(`${place}: "pnpm ${command}" is no script of package.json`);
  }
}
