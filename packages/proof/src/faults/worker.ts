// A process that runs operations on stores, one at a time, as it is told: what fails in it, fails for it alone.

import { readlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { brief } from './coded.ts';
import { type Disturbed, runDisturbed } from './disturbances.ts';
import { createScene, openBelow, type Scene, StoreCase } from './store-case.ts';

export type Request =
  | { readonly do: 'begin'; readonly operation: string }
  | { readonly do: 'run' }
  | { readonly do: 'judge'; readonly isClosing: boolean; readonly mayLeave: boolean }
  | ({ readonly do: 'disturbed' } & Disturbed);

export interface Begun {
  readonly root: string;
  /** Threads in which calls are made. */
  readonly threads: { readonly main: number; readonly pool: number };
}

export interface Ran {
  readonly hasSucceeded: boolean;
  readonly error: string;
}

const [, , directory = ''] = process.argv;
const scenes = new Map<string, Promise<Scene>>();
const uncaught: string[] = [];
let current: { readonly scene: Scene; readonly run: StoreCase } | undefined;
let count = 0;

process.on('uncaughtException', (error) => uncaught.push(`uncaught: ${brief(error)}`));
process.on('unhandledRejection', (error) => uncaught.push(`not handled: ${brief(error)}`));
process.on('message', (request: Request) => {
  void answer(request).then(
    (value) => process.send?.({ value }),
    (error: unknown) => process.send?.({ error: String((error as Error)?.stack ?? error) }),
  );
});

async function answer(request: Request): Promise<unknown> {
  if (request.do === 'disturbed') {
    const root = newRoot(request.root);
    const wrong = await runDisturbed(await sceneOf(request.operation), root, request);
    return { ...wrong, violations: [...wrong.violations, ...uncaught.splice(0)] };
  }
  if (request.do === 'begin') {
    const scene = await sceneOf(request.operation);
    const root = newRoot();
    current = { scene, run: await StoreCase.begin(scene, root) };
    return { root, threads: { main: process.pid, pool: await threadOfPool() } } satisfies Begun;
  }
  if (!current) throw new TypeError('begin first');
  const { scene, run } = current;
  if (request.do === 'run') {
    await run.run();
    const { hasSucceeded } = run;
    return { hasSucceeded, error: hasSucceeded ? '' : brief(run.error) } satisfies Ran;
  }
  const open = await openBelow(run.place.root);
  const wrong = await run.judge(scene, { mayLeave: request.mayLeave });
  // a descriptor whose closing was made to fail was never closed
  if (open.length > (request.isClosing ? 1 : 0)) wrong.push(`${open.join(', ')} stays open`);
  wrong.push(...(await run.tryAgain(scene)));
  await run.end();
  current = undefined;
  return [...wrong, ...uncaught.splice(0)];
}

function newRoot(disk = directory): string {
  count += 1;
  return join(disk, `case-${count}`);
}

function sceneOf(operation: string): Promise<Scene> {
  const known = scenes.get(operation) ?? createScene(operation, directory);
  scenes.set(operation, known);
  return known;
}

/** With `UV_THREADPOOL_SIZE=1` there is one. */
async function threadOfPool(): Promise<number> {
  const link = await readlink('/proc/thread-self');
  return Number(link.slice(dirname(link).length + 1));
}
