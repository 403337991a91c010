import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { readManifest } from '../packages.mjs';
import { run } from '../run.mjs';

/** How much a size may differ from the file, in parts of one: compressors of other Node versions differ by less. */
const TOLERANCE = 0.02;

const COLUMNS = [
  'package',
  'packed kB',
  'unpacked kB',
  'files',
  'dependencies',
  'packages installed',
  'installed kB',
];

/** The sizes of each package from its tarball, and of all that comes with it in the versions of `pnpm-lock.yaml`. */
export async function measure(packages, tarballs) {
  const own = new Map();
  for (const { name, manifest } of packages) {
    const tarball = tarballs.get(name);
    const unpacked = `${tarball}.files`;
    mkdirSync(unpacked);
    await run('tar', ['-xzf', tarball, '-C', unpacked]);
    own.set(manifest.name, { packed: statSync(tarball).size, ...measureFiles(unpacked) });
  }
  return packages.map(({ name, directory, manifest }) => {
    const installed = closure(directory);
    const bytes = [...installed].map(
      ([id, place]) => own.get(id)?.unpacked ?? measureFiles(place).unpacked,
    );
    const { packed, unpacked, files } = own.get(manifest.name);
    return [
      `@tgstore/${name}`,
      kilobytes(packed),
      kilobytes(unpacked),
      String(files),
      Object.keys(manifest.dependencies ?? {})
        .sort()
        .join(', ') || 'none',
      String(installed.size),
      kilobytes(bytes.reduce((sum, size) => sum + size, 0)),
    ];
  });
}

/** The file, with the rule that it is checked by. */
export function document(rows) {
  return `# Sizes of the packages

What \`npm install\` of each package brings, in kB (1,000 bytes). \`packages installed\` and \`installed kB\` count the package and all it needs, in the
versions of \`pnpm-lock.yaml\`: a release by somebody else changes nothing here before it is taken over there.

${table([COLUMNS, COLUMNS.map((_, column) => (isText(column) ? '---' : '---:')), ...rows])}

\`npx -y pnpm@12 check:installs\` measures again and fails when a name or a count differs, or a size by more than ${TOLERANCE * 100} %.
\`npx -y pnpm@12 check:installs --write\` writes this file anew.
`;
}

/** What differs between the file at `path` and what was measured, a sentence each. */
export function differences(path, rows) {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const recorded = new Map(
    text
      .split('\n')
      .filter((line) => line.startsWith('| @tgstore/'))
      .map((line) =>
        line
          .split('|')
          .slice(1, -1)
          .map((cell) => cell.trim()),
      )
      .map((cells) => [cells[0], cells]),
  );
  const names = new Set([...recorded.keys(), ...rows.map(([name]) => name)]);
  return [...names].flatMap((name) => {
    const before = recorded.get(name);
    const now = rows.find(([other]) => other === name);
    if (!before || !now) return [`${name}: ${before ? 'is no package any more' : 'is missing'}`];
    return COLUMNS.flatMap((column, index) =>
      isSame(column, before[index], now[index])
        ? []
        : [`${name}: ${column}: ${before[index]} in the file, ${now[index]} now`],
    );
  });
}

function isSame(column, before, now) {
  if (!column.endsWith('kB')) return before === now;
  const [a, b] = [before, now].map((size) => Number(size.replaceAll(',', '')));
  // small ones are rounded more coarsely than the tolerance
  return Math.abs(a - b) <= Math.max(0.5, a * TOLERANCE);
}

/** Everything a package brings, itself too: id to its directory, as the workspace has it. */
function closure(directory, found = new Map()) {
  const manifest = readManifest(directory);
  const isOurs = manifest.name.startsWith('@tgstore/');
  const id = isOurs ? manifest.name : `${manifest.name}@${manifest.version}`;
  if (found.has(id)) return found;
  found.set(id, directory);
  for (const name of Object.keys(manifest.dependencies ?? {}))
    closure(resolve(name, directory), found);
  return found;
}

function resolve(name, from) {
  const require = createRequire(join(from, 'package.json'));
  for (const place of require.resolve.paths(name)) {
    try {
      return realpathSync(join(place, name));
    } catch {}
  }
  throw new Error(`${name}, which ${from} needs, is not installed`);
}

/** Bytes and number of all files of a package, without what is installed below it. */
function measureFiles(directory) {
  const total = { unpacked: 0, files: 0 };
  for (const entry of readdirSync(directory)) {
    if (entry === 'node_modules') continue;
    const path = join(directory, entry);
    const stat = lstatSync(path);
    const { unpacked, files } = stat.isDirectory()
      ? measureFiles(path)
      : { unpacked: stat.size, files: 1 };
    total.unpacked += unpacked;
    total.files += files;
  }
  return total;
}

function table(rows) {
  return rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function isText(column) {
  return column === 0 || COLUMNS[column] === 'dependencies';
}

function kilobytes(bytes) {
  return (bytes / 1000).toLocaleString('en-US', {
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
  });
}
