import { join } from 'node:path';
import { RECIPIENT, type Secrets } from './made-up.ts';
import type { Place } from './tools.ts';

/** A command line of `tgstore`. */
export interface CommandLine {
  readonly args: readonly string[];
  /** Shows chats on standard output: that is what it is for. */
  readonly shows?: boolean | undefined;
  /** Its exit status. @default 0 */
  readonly status?: number | undefined;
}

/** Every command, each of them also in a way in which it fails, in an order in which each finds what it needs. */
export function commandLines(
  { inputs, backups, out, elsewhere }: Place,
  secrets: Secrets,
): CommandLine[] {
  const input = (name: string): string => join(inputs, name);
  const backup = (...args: string[]): string[] => ['backup', ...args, '--backup-dir', backups];
  const [passphrase, identity] = [input('passphrase.txt'), input('identity.txt')];
  return [
    { args: ['import', input('result.json')], shows: true },
    { args: ['import', input('damaged.json')], status: 1, shows: true },
    { args: ['import', '--salvage', input('damaged.json')], status: 3, shows: true },
    { args: ['import', '--salvage', '--json', input('account.json')], status: 3, shows: true },
    { args: ['import', input('account.json')], status: 1, shows: true },
    { args: ['import', input('broken.json')], status: 1, shows: true },
    { args: ['import', input('passphrase.txt')], status: 1 },
    { args: ['list'], shows: true },
    { args: ['list', '--ids'] },
    { args: ['show', '777'], shows: true },
    { args: ['show', '404'], status: 1 },
    { args: ['search', secrets.text.slice(0, 8)], shows: true },
    { args: ['search', '--count', 'a'], shows: true },
    { args: ['search', '--regexp', '('], status: 2 },
    { args: ['history', '777'], shows: true },
    { args: ['stats'] },
    { args: ['stats', '--json'] },
    { args: ['mark', '--processed', '777', '404'], status: 3 },
    { args: ['mark', '--unprocessed', '--all'] },
    { args: ['process', '--exec', 'cat >/dev/null; exit 3', '--json'], status: 3 },
    { args: ['list', '--failed'] },
    { args: ['process', '--retry-failed', '--exec', 'cat >/dev/null'] },
    { args: ['export', '--output', join(out, 'cli.json')] },
    { args: ['export', '--output', join(out, 'cli.json')], status: 1 },
    { args: ['export', '--output', '-'], shows: true },
    { args: ['check'] },
    { args: ['check', '--json'] },
    { args: ['recover', '--dry-run'] },
    { args: ['recover'] },
    { args: ['migrate'] },
    { args: ['doctor'] },
    { args: ['doctor', '--json'] },
    { args: ['lock', 'list'] },
    { args: ['lock', 'break', '777'] },
    { args: ['config'] },
    { args: ['config', '--config', input('broken.yaml')], status: 1 },
    { args: ['backup', 'create'] },
    { args: ['backup', 'list'] },
    { args: backup('create', '--recipient', RECIPIENT, '--tag', 'cli-key') },
    { args: backup('list', '--json') },
    { args: backup('verify', `${TAGGED}phrase`, '--passphrase-file', passphrase) },
    {
      args: backup('restore', `${TAGGED}phrase`, '--passphrase-file', input('wrong.txt')),
      status: 13,
    },
    { args: backup('verify', `${TAGGED}cli-key`, '--identity', identity) },
    { args: backup('restore', `${TAGGED}cli-key`), status: 13 },
    { args: backup('restore', `${TAGGED}cli-key`, '--identity', passphrase), status: 1 },
    {
      args: backup(
        'restore',
        `${TAGGED}cli-key`,
        '--identity',
        identity,
        '--to',
        elsewhere,
        '--overwrite',
      ),
    },
    { args: backup('restore', `${TAGGED}cli-key`, '777', '--identity', identity, '--overwrite') },
    { args: backup('prune', '--keep-last', '1') },
    { args: ['watch'], status: 2 },
  ];
}

/** Stands before the tag of a backup where its id is meant. */
export const TAGGED = 'tagged:';
