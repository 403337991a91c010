import { cp, mkdir, readdir, readlink, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { EnhancedFileManager, FileSystem } from '@tgstore/core';
import { isTemporaryName } from '@tgstore/fs';
import { collect } from '../collect.ts';
import { brief, lacksIn } from './coded.ts';
import { type Contents, contentsOf, isSame, mixtures } from './contents.ts';
import { type Operation, openStore, type Place } from './operations/operation.ts';
import { operationOf, placeIn } from './operations.ts';

/** An operation, what is there before it, and what is there after it where nothing fails. */
export interface Scene {
  readonly operation: Operation;
  readonly template: string;
  readonly before: Contents;
  readonly after: Contents;
  readonly told: string;
}

interface Allowed {
  /** Whether temporary files may be left. */
  readonly mayLeave?: boolean | undefined;
  /** Whether what was done may be where nobody looks any more. */
  readonly mayBeElsewhere?: boolean | undefined;
}

export async function createScene(name: string, directory: string): Promise<Scene> {
  const operation = operationOf(name);
  const template = join(directory, `${process.pid}-${name.replaceAll(' ', '-')}`);
  const place = placeIn(template);
  await mkdir(place.outside, { recursive: true });
  await using store = openStore(place.store);
  await operation.prepare(store, place);
  // sockets can't be copied
  await rm(join(place.store, '.tgstore', 'locks'), { recursive: true, force: true });
  const before = await contentsOf(place.store);
  const healthy = await StoreCase.begin({ operation, template }, `${template}-healthy`);
  await healthy.run();
  if (!healthy.hasSucceeded) throw new Error(`${name} fails by itself`, { cause: healthy.error });
  const unmade = await healthy.unmade();
  if (unmade.length > 0) throw new Error(`${name}: ${unmade}`);
  const after = await contentsOf(healthy.place.store);
  await healthy.end();
  return { operation, template, before, after, told: healthy.told };
}

/** One run of an operation on a copy of its scene. */
export class StoreCase {
  readonly place: Place;
  readonly #operation: Operation;
  readonly #store: EnhancedFileManager;
  error: unknown;
  told = '';
  hasSucceeded = false;

  constructor(operation: Operation, place: Place, fileSystem?: FileSystem) {
    this.#operation = operation;
    this.place = place;
    this.#store = openStore(place.store, fileSystem);
  }

  static async begin(
    { operation, template }: Pick<Scene, 'operation' | 'template'>,
    root: string,
    fileSystem?: FileSystem,
  ): Promise<StoreCase> {
    await cp(template, root, { recursive: true });
    return new StoreCase(operation, placeIn(root), fileSystem);
  }

  async run(): Promise<void> {
    this.hasSucceeded = false;
    try {
      this.told = JSON.stringify(await this.#operation.run(this.#store, this.place)) ?? '';
      this.hasSucceeded = true;
    } catch (error) {
      this.error = error;
    }
  }

  async end(): Promise<void> {
    await this.#store.close();
    await rm(this.place.root, { recursive: true, force: true });
  }

  /** What is wrong right after the operation. */
  async judge({ before, after, told }: Scene, allowed: Allowed = {}): Promise<string[]> {
    const { mayLeave = false, mayBeElsewhere = false } = allowed;
    const wrong: string[] = [];
    const now = await contentsOf(this.place.store);
    wrong.push(...mixtures(now, before, after));
    if (!this.hasSucceeded) wrong.push(...this.#lacks());
    else if (!mayBeElsewhere) {
      if (!isSame(now, after)) wrong.push('it succeeded, and is not done');
      if (this.told !== told) wrong.push(`it tells ${this.told}, not ${told}`);
      wrong.push(...(await this.unmade()));
    }
    if (!mayLeave) {
      const left = await temporaryFiles(this.place);
      if (left.length > 0) wrong.push(`it leaves ${left.join(', ')}`);
    }
    return wrong;
  }

  /** What is wrong when the store is recovered, and the same is tried again. */
  async tryAgain({ before, after }: Scene, { mayBeElsewhere }: Allowed = {}): Promise<string[]> {
    const wrong: string[] = [];
    await using other = openStore(this.place.store);
    if (Object.keys(before).length > 0) {
      const { left, actions } = await other.recover({ minAgeMs: 0 });
      if (left > 0) wrong.push(`recovery leaves ${actions.at(-1)?.message}`);
    }
    const found = (await collect(other.check())).filter(({ severity }) => severity === 'error');
    for (const { code, path, message } of found) wrong.push(`${code} ${path}: ${message}`);
    wrong.push(...mixtures(await contentsOf(this.place.store), before, after));
    await this.run();
    const { code } = (this.error ?? {}) as { code?: string };
    if (!this.hasSucceeded && !this.#operation.mayBeDone?.includes(code ?? '')) {
      wrong.push(`the next try fails: ${brief(this.error)}`);
    } else if (!isSame(await contentsOf(this.place.store), after)) {
      wrong.push('the next try has another outcome');
    } else if (!mayBeElsewhere) wrong.push(...(await this.unmade()));
    return wrong;
  }

  /** The same where something is gone for ever: it may fail, in a way that can be understood. */
  async judgeWithout(lost: 'store' | 'backups', { before, after }: Scene): Promise<string[]> {
    const wrong = this.#lacks();
    await this.run();
    wrong.push(...this.#lacks());
    if (lost === 'store') return wrong;
    return [...wrong, ...mixtures(await contentsOf(this.place.store), before, after)];
  }

  #lacks(): string[] {
    const lack = this.hasSucceeded ? undefined : lacksIn(this.error);
    return lack ? [`its error ${lack}: ${brief(this.error)}`] : [];
  }

  /** What is wrong with what it made beside the conversations. */
  async unmade(): Promise<string[]> {
    try {
      await this.#operation.assertMade?.(this.#store, this.place);
      return [];
    } catch (error) {
      return [`it succeeded, but ${brief(error)}`];
    }
  }
}

/** Paths of what is open below a directory, also a moment later: a stream closes its file in its own time. The locks keep theirs. */
export async function openBelow(directory: string): Promise<string[]> {
  for (let tries = 1; ; tries += 1) {
    const open = await openNow(directory);
    if (open.length === 0 || tries === 20) return open;
    await delay(5);
  }
}

async function openNow(directory: string): Promise<string[]> {
  const descriptors = await readdir('/proc/self/fd');
  const paths = await Promise.all(
    descriptors.map((one) => readlink(`/proc/self/fd/${one}`).catch(() => '')),
  );
  return paths.filter((path) => path.startsWith(`${directory}/`) && !/\blocks\b/.test(path));
}

async function temporaryFiles({ root }: Place): Promise<string[]> {
  const names = await readdir(root, { recursive: true });
  return names.filter((name) => isTemporaryName(name.slice(name.lastIndexOf('/') + 1)));
}
