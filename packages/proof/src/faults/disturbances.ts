import { aside } from './disturbances/aside.ts';
import { full } from './disturbances/full.ts';
import { readOnly } from './disturbances/read-only.ts';
import { short } from './disturbances/short.ts';
import { openBelow, type Scene, type StoreCase } from './store-case.ts';

/** What is done to the world while an operation runs in one process. */
export interface Disturbed {
  readonly operation: string;
  readonly kind: keyof typeof KINDS;
  /** At which call, or how much is left. */
  readonly at: number;
  /** Of two or more ways. */
  readonly way: string;
  /** A disk of its own. @default a temporary directory */
  readonly root?: string | undefined;
}

export interface Outcome {
  /** Whether it came to it. */
  readonly met: boolean;
  readonly hasSucceeded: boolean;
  readonly violations: readonly string[];
}

/** One disturbance: made ready on a copy of a scene, then undone. */
export interface Disturbance {
  readonly run: StoreCase;
  /** Begins before the operation and is undone by the function. */
  readonly begin: () => Promise<() => Promise<void>>;
  readonly met: () => boolean;
  /** Whether it makes removing impossible. */
  readonly mayLeave?: () => boolean;
  /** Whether nothing may fail. */
  readonly isHarmless?: boolean;
  /** What was taken away for ever, where it was. */
  readonly lost?: () => 'store' | 'backups' | undefined;
  /** Whether what was done may be where nobody looks any more. */
  readonly mayBeElsewhere?: () => boolean;
}

const KINDS = { short, full, 'read-only': readOnly, aside };

export async function runDisturbed(
  scene: Scene,
  root: string,
  disturbed: Disturbed,
): Promise<Outcome> {
  const disturbance = await KINDS[disturbed.kind](scene, root, disturbed);
  const { run, begin, met, mayLeave, mayBeElsewhere, isHarmless, lost } = disturbance;
  const undo = await begin();
  try {
    await run.run();
  } finally {
    await undo();
  }
  const { hasSucceeded } = run;
  const violations: string[] = [];
  if (isHarmless && !hasSucceeded) violations.push('it fails');
  const open = await openBelow(run.place.root);
  if (open.length > 0) violations.push(`${open.join(', ')} stays open`);
  const isMet = met();
  const gone = lost?.();
  if (gone) violations.push(...(await run.judgeWithout(gone, scene)));
  else {
    const allowed = { mayLeave: mayLeave?.(), mayBeElsewhere: mayBeElsewhere?.() };
    violations.push(...(await run.judge(scene, allowed)));
    violations.push(...(await run.tryAgain(scene, allowed)));
  }
  await run.end();
  return { met: isMet, hasSucceeded, violations };
}
