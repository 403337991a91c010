import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import { applied, type Files, type Operation, PAGE } from './simulated-disk.ts';

/**
 * What a crash does to operations that no sync has made durable.
 *
 * - `'killed'`: only the process died; all are there.
 * - `'ordered'`: a journal of names, as ext4 has: of the names made and removed the first n are there, and any sync
 *   makes all before it durable. Of what was written and cut, anything may be missing or torn.
 * - `'weak'`: the least POSIX promises: also of the names any may be missing, and only their directory's sync helps.
 */
export type CrashModel = 'killed' | 'ordered' | 'weak';

export interface CrashState {
  readonly files: Files;
  /** Equal for states with equal files. */
  readonly key: string;
  /** The contents promised last before the crash, if any were. */
  readonly promised: readonly Uint8Array[] | undefined;
  /** How many operations had been made. */
  readonly cut: number;
}

type NameOperation = Extract<Operation, { kind: 'make' | 'remove' }>;
type DataOperation = Extract<Operation, { kind: 'write' | 'cut' }>;

/** Every state the disk can be in when it crashes after any number of the operations, each state once a promise. */
export function* crashStates(
  start: Files,
  operations: readonly Operation[],
  model: CrashModel,
): Generator<CrashState> {
  const seen = new Set<string>();
  for (let cut = 0; cut <= operations.length; cut++) {
    const done = operations.slice(0, cut);
    const promised = done.findLast((operation) => operation.kind === 'promise');
    const round = promised ? done.lastIndexOf(promised) : -1;
    for (const files of statesAfter(start, done, model)) {
      const key = keyOf(files);
      if (seen.has(`${round} ${key}`)) continue;
      seen.add(`${round} ${key}`);
      yield { files, key, promised: promised?.contents, cut };
    }
  }
}

export function keyOf(files: Files): string {
  const parts = [...files]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, bytes]) => `${path} ${createHash('sha1').update(bytes).digest('hex')}`);
  return parts.join('\n');
}

function* statesAfter(
  start: Files,
  done: readonly Operation[],
  model: CrashModel,
): Generator<Files> {
  const count = start.size + done.filter(({ kind }) => kind === 'make').length;
  const contents = Array.from({ length: count }, (_, file) => [
    ...contentsAfter([...start.values()][file] ?? new Uint8Array(), file, done, model),
  ]);
  for (const names of namesAfter([...start.keys()], done, model)) {
    for (const choice of product([...names.values()].map((file) => contents[file] ?? []))) {
      yield new Map([...names.keys()].map((path, index) => [path, choice[index] as Uint8Array]));
    }
  }
}

function* namesAfter(
  start: readonly string[],
  done: readonly Operation[],
  model: CrashModel,
): Generator<ReadonlyMap<string, number>> {
  const operations = done.filter(isNameOperation);
  const choices = operations.map((operation) =>
    model === 'killed' || isNameDurable(operation, done, model) ? [true] : [true, false],
  );
  for (const kept of product(choices)) {
    // A journal has no holes
    if (model === 'ordered' && kept.lastIndexOf(true) >= kept.filter(Boolean).length) continue;
    const names = new Map(start.map((path, file) => [path, file]));
    for (const [index, operation] of operations.entries()) {
      if (!kept[index]) continue;
      if (operation.kind === 'make') names.set(operation.path, operation.file);
      else names.delete(operation.path);
    }
    yield names;
  }
}

function isNameDurable(
  operation: NameOperation,
  done: readonly Operation[],
  model: CrashModel,
): boolean {
  return done
    .slice(done.indexOf(operation))
    .some(
      (later) =>
        (later.kind === 'sync' && model === 'ordered') ||
        (later.kind === 'sync directory' &&
          (model === 'ordered' || later.path === dirname(operation.path))),
    );
}

function* contentsAfter(
  start: Uint8Array,
  file: number,
  done: readonly Operation[],
  model: CrashModel,
): Generator<Uint8Array> {
  const own = done.filter((operation) => 'file' in operation && operation.file === file);
  const synced = model === 'killed' ? own.length : own.findLastIndex(({ kind }) => kind === 'sync');
  const durable = own.slice(0, Math.max(synced, 0)).filter(isDataOperation);
  const pending = own.slice(Math.max(synced, 0)).filter(isDataOperation);
  const base = durable.reduce<Uint8Array>(applied, start);
  for (const effects of product(pending.map(effectsOf))) {
    yield effects.reduce((bytes, effect) => effect(bytes), base);
  }
}

/** All that can become of an operation that was not synced. */
function effectsOf(operation: DataOperation): ((old: Uint8Array) => Uint8Array)[] {
  const missing = (old: Uint8Array) => old;
  const whole = (old: Uint8Array) => applied(old, operation);
  if (operation.kind === 'cut') return [missing, whole];
  const { position, bytes } = operation;
  const half = (old: Uint8Array) =>
    applied(old, { ...operation, bytes: bytes.subarray(0, Math.ceil(bytes.length / 2)) });
  // The size is there and the page is not, what stood in it before included
  const zeros = (old: Uint8Array) => {
    const start = position - (position % PAGE);
    return whole(old).fill(0, start, start + PAGE);
  };
  return [missing, whole, half, zeros];
}

/** All ways to take one of each. */
function* product<T>(choices: readonly (readonly T[])[]): Generator<T[]> {
  const [first, ...others] = choices;
  if (!first) {
    yield [];
    return;
  }
  for (const one of first) {
    for (const rest of product(others)) yield [one, ...rest];
  }
}

function isNameOperation(operation: Operation): operation is NameOperation {
  return operation.kind === 'make' || operation.kind === 'remove';
}

function isDataOperation(operation: Operation): operation is DataOperation {
  return operation.kind === 'write' || operation.kind === 'cut';
}
