import { parseArgs } from 'node:util';

export interface ProveArguments {
  /** Proofs to run; all where there are none. */
  readonly names: readonly string[];
  /** Only the checks whose name has this in it. */
  readonly of: string;
  readonly scale: number;
  readonly seed: number;
  /** Whether the table of docs/reliability.md is written. */
  readonly write: boolean;
  readonly help: boolean;
}

/** @throws TypeError which says what is wrong with them */
export function readArguments(args: readonly string[], known: readonly string[]): ProveArguments {
  const { values, positionals: names } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      of: { type: 'string', default: '' },
      scale: { type: 'string', default: '1' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000_007) },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const [scale, seed] = [Number(values.scale), Number(values.seed)];
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new TypeError(`There is no proof '${unknown}'`);
  if (!(scale > 0)) throw new TypeError(`'${values.scale}' is no scale`);
  if (!Number.isSafeInteger(seed)) throw new TypeError(`'${values.seed}' is no seed`);
  return { ...values, names, scale, seed };
}

export function usageOf(known: readonly string[]): string {
  return `prove [NAME…] [--of xfs] [--scale 0.01] [--seed 1] [--write]
where NAME is of ${known.join(', ')}
`;
}
