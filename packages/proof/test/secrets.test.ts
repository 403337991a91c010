import { expect, test } from 'vitest';
import type { Plant } from '../src/plant.ts';
import type { CheckOptions } from '../src/proof.ts';
import { SecretFinder } from '../src/secrets/find-secrets.ts';
import { makeSecrets } from '../src/secrets/made-up.ts';
import { secrets } from '../src/secrets/proof.ts';
import { runTraced } from '../src/secrets/traced.ts';
import { lackOf } from '../src/tools.ts';
import { seed } from './support/seed.ts';

const options: CheckOptions = { seed, scale: 0.01, report: () => {} };
const lack = await lackOf('strace');
const [traced, ...others] = secrets.checks;

test.skipIf(lack)(`operations under one umask${lack ? `: ${lack}` : ''}`, async () => {
  const { violations, tried } = (await traced?.run(options)) ?? {};
  expect(violations).toEqual([]);
  expect(tried).toBeGreaterThan(80);
});

test.each(others)('$what', async ({ run }) => {
  const { violations, seen } = await run(options);
  expect(violations).toEqual([]);
  expect(seen).toMatch(/^[1-9]/);
});

const PLANTED: readonly (Plant & { readonly what: string; readonly seen: RegExp })[] = [
  {
    what: 'a file that others may read until its mode is put right',
    file: 'packages/fs/src/temporary-file.ts',
    replace: "await fileSystem.open(path, 'wx', mode)",
    by: "await fileSystem.open(path, 'wx', 0o644)",
    seen: /makes \S+\.tmp with mode 0644/,
  },
  {
    what: 'a directory that others may enter until its mode is put right',
    file: 'packages/fs/src/ensure-directory.ts',
    replace: 'await fileSystem.mkdir(path, { mode });',
    by: 'await fileSystem.mkdir(path, { mode: 0o755 });',
    seen: /makes \S+store with mode 0755/,
  },
  {
    what: 'a ticket that others may read',
    file: 'packages/lock/src/file-system.ts',
    replace: "fs.writeFile(path, text, { flag: 'wx', mode: 0o600 })",
    by: "fs.writeFile(path, text, { flag: 'wx' })",
    seen: /locks\S+ has mode 0644/,
  },
  {
    what: 'a directory by proper-lockfile, which says no mode',
    file: 'packages/lock/src/gate.ts',
    replace: 'fs: withPrivateDirectories,',
    by: '',
    seen: /makes \S+gate with mode 0777/,
  },
  {
    what: 'an error that quotes a value',
    file: 'packages/schema/src/validate.ts',
    replace: 'const result = schema.safeParse(value);',
    by: 'const result = schema.safeParse(value, { error: (issue) => String(issue.input) });',
    seen: /saveConversation, not valid: \w+ .* in its error/,
  },
  {
    what: 'a file in the directory for temporary files',
    file: 'packages/core/src/export-file.ts',
    replace: '  const bundle = await streamBundle(files, options);',
    by: "  const bundle = await streamBundle(files, options); await atomicWrite(resolve(process.env.TMPDIR ?? '', 'bundle'), '');",
    seen: /exportConversationsToJson: makes \S+ in another place/,
  },
  {
    what: 'a passphrase on a command line',
    file: 'packages/backup/src/encryption.ts',
    replace: 'if (passphrase !== undefined) encrypter.setPassphrase(passphrase);',
    by: "if (passphrase !== undefined) { encrypter.setPassphrase(passphrase); (await import('node:child_process')).execFileSync('true', [passphrase]); }",
    seen: /passphrase .* in the command line of a child/,
  },
  {
    what: 'a copy in plain beside an encrypted archive',
    file: 'packages/backup/src/create-backup.ts',
    replace: '    await file.finish();',
    by: `    await file.finish();
      for await (const one of contents.snapshots()) {
        const copy = await openTemporary(directory.path);
        for await (const chunk of one.bytes()) await copy.write(chunk);
        await copy.publish(join(directory.path, 'copy-' + Math.random()));
      }`,
    seen: /text .* in copy-/,
  },
];

test.skipIf(lack)('planted faults are seen', async () => {
  const { violations } = await runTraced(seed, 0o022, PLANTED);
  for (const { what, seen } of PLANTED) {
    expect(
      violations.filter((line) => seen.test(line)),
      what,
    ).not.toEqual([]);
  }
});

const { text } = makeSecrets(seed);
const piece = text.slice(6, 26);
const bytes = Buffer.from(piece);

test.each<[string, unknown]>([
  ['the message of an error', new Error(`it says ${piece}`)],
  ['the cause of an error', new Error('broken', { cause: new SyntaxError(piece) })],
  ['a property of an error', Object.assign(new Error('broken'), { header: { path: piece } })],
  ['one error of several', new AggregateError([new Error('a'), new Error(piece)])],
  ['bytes that an error carries', Object.assign(new Error('broken'), { bytes })],
  ['JSON in JSON', JSON.stringify({ text: piece })],
  ['base64', bytes.toString('base64')],
  ['hex', bytes.toString('hex')],
  ['UTF-16', bytes.toString('utf8').split('').join('\0')],
])('a piece of a secret is found in %s', (_, said) => {
  const finder = new SecretFinder(makeSecrets(seed));
  expect(finder.findInError(said)).not.toEqual([]);
  expect(new SecretFinder(makeSecrets(seed + 1)).findInError(said)).toEqual([]);
});
