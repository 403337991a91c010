import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { versionOf } from '../peer-versions.ts';

/** A package of its own, so that nobody who installs the workspace has to compile a native addon. */
export const peersDirectory = join(import.meta.dirname, '../peers');

/** Installs better-sqlite3 where it is missing. Says why it can't be used; `undefined` where it can. */
export const whyNoSqlite = once((): string | undefined => {
  const addon = 'node_modules/better-sqlite3/build/Release/better_sqlite3.node';
  if (existsSync(join(peersDirectory, addon))) return undefined;
  console.error('installing better-sqlite3, which may have to be compiled …');
  const { status, stdout, stderr, error } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: peersDirectory,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (status === 0) return undefined;
  console.error(error ?? stdout + stderr);
  return 'better-sqlite3 could not be installed here';
});

export const whyNoPython = once(() => whyNo('python3'));

/** Why a command can't be used; `undefined` where it can. */
export function whyNo(command: string): string | undefined {
  return versionOfCommand(command) ? undefined : `there is no ${command} here`;
}

/** The versions of what is compared with, beside the packages of the workspace. */
export function installedVersions(): string {
  const sqlite = whyNoSqlite() ?? `better-sqlite3 ${versionOf('better-sqlite3', peersDirectory)}`;
  const commands = ['python3', 'grep', 'jq'].map(
    (command) => versionOfCommand(command) ?? `no ${command}`,
  );
  return [sqlite, ...commands].join(', ');
}

function versionOfCommand(command: string): string | undefined {
  const { status, stdout } = spawnSync(command, ['--version'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim().split('\n')[0] : undefined;
}

function once<T>(find: () => T): () => T {
  let found: { readonly value: T } | undefined;
  return () => {
    found ??= { value: find() };
    return found.value;
  };
}
