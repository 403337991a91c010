import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { startTypeScript } from '@tgstore/testkit';
import type { Store } from './stores.ts';

export interface AppendOptions {
  readonly processes: number;
  /** How many messages each process appends. */
  readonly count: number;
}

export interface Outcome {
  readonly seconds: number;
  /** Messages in the file; `undefined` where it can't be read. */
  readonly survived: number | undefined;
  /** Why processes ended before they had appended all, each reason once. */
  readonly failures: readonly string[];
}

/** Several processes append to one conversation at the same time, each waiting for one message to be written before the next. */
export async function appendTogether(
  name: string,
  store: Store,
  directory: string,
  { processes, count }: AppendOptions,
): Promise<Outcome> {
  await store.prepare(directory);
  const members = Array.from({ length: processes }, (_, member) =>
    startTypeScript(new URL('../lost-updates-member.ts', import.meta.url), {
      args: [name, directory, String(1 + member * count), String(count)],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    }),
  );
  const ends = members.map(untilEnd);
  await Promise.all(members.map((member) => once(member, 'message')));
  const start = performance.now();
  for (const member of members) member.send('go');
  const failures = (await Promise.all(ends)).filter((failure) => failure !== undefined);
  const seconds = (performance.now() - start) / 1000;
  return { seconds, survived: await countMessages(store, directory), failures };
}

/** Resolves to the reason of a failure. */
async function untilEnd(member: ChildProcess): Promise<string | undefined> {
  let errors = '';
  member.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const [status] = await once(member, 'close');
  if (status === 0) return undefined;
  const [reason = `status ${status}`] = /^\w*Error.*/m.exec(errors) ?? [];
  return reason;
}

async function countMessages(store: Store, directory: string): Promise<number | undefined> {
  try {
    return new Set([...(await store.read(directory))].map(({ id }) => id)).size;
  } catch {
    return undefined;
  }
}
