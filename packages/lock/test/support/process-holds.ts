// What processes note of their holds, and the proof that none of them overlap that must not.
//
// A holder notes a hold in lines of his own log: `held <shared|exclusive> <start>` right after he got the lock, and
// `done <shared|exclusive> <start> <end>` before he gives it back; times are those of CLOCK_MONOTONIC, which all processes
// of a machine share. Who was killed in between held it at least until he was killed.

export interface Hold {
  readonly shared: boolean;
  /** In nanoseconds. */
  readonly start: bigint;
  readonly end: bigint;
  /** Who held it, and whether he was killed. */
  readonly by: string;
  readonly killed: boolean;
}

export function noteHeld(shared: boolean, start: bigint): string {
  return `held ${nameOf(shared)} ${start}\n`;
}

export function noteDone(shared: boolean, start: bigint, end: bigint): string {
  return `done ${nameOf(shared)} ${start} ${end}\n`;
}

/** The holds in a log. `killedAt` is a time at which the process had not been killed yet; `undefined` if it was not. */
export function readHolds(log: string, by: string, killedAt: bigint | undefined): Hold[] {
  const holds: Hold[] = [];
  const open = new Map<bigint, boolean>();
  // the last line may be torn
  for (const line of log.slice(0, log.lastIndexOf('\n') + 1).split('\n')) {
    const [what, kind, start = '', end = ''] = line.split(' ');
    const shared = kind === nameOf(true);
    if (what === 'held') open.set(BigInt(start), shared);
    if (what !== 'done') continue;
    open.delete(BigInt(start));
    holds.push({ shared, start: BigInt(start), end: BigInt(end), by, killed: false });
  }
  if (open.size > 0 && killedAt === undefined) throw new Error(`${by} lost count of its holds`);
  for (const [start, shared] of open) {
    const end = killedAt !== undefined && killedAt > start ? killedAt : start;
    holds.push({ shared, start, end, by, killed: true });
  }
  return holds;
}

/** Each two holds, in the order of their starts, that overlap although one of them is exclusive. */
export function findOverlaps(holds: readonly Hold[]): [Hold, Hold][] {
  const overlaps: [Hold, Hold][] = [];
  // of those that began before: the one of each kind that ends last
  let lastShared: Hold | undefined;
  let lastExclusive: Hold | undefined;
  for (const hold of sortByStart(holds)) {
    for (const earlier of hold.shared ? [lastExclusive] : [lastExclusive, lastShared]) {
      if (earlier && hold.start < earlier.end) overlaps.push([earlier, hold]);
    }
    if (hold.shared) lastShared = laterEnd(lastShared, hold);
    else lastExclusive = laterEnd(lastExclusive, hold);
  }
  return overlaps;
}

/** How many held it at once at most. */
export function mostAtOnce(holds: readonly Hold[]): number {
  const changes = holds.flatMap(({ start, end }) => [
    { time: start, by: 1 },
    { time: end, by: -1 },
  ]);
  changes.sort((a, b) => Number(a.time - b.time) || a.by - b.by);
  let now = 0;
  let most = 0;
  for (const { by } of changes) {
    now += by;
    most = Math.max(most, now);
  }
  return most;
}

function sortByStart(holds: readonly Hold[]): Hold[] {
  return holds.toSorted((a, b) => Number(a.start - b.start));
}

function laterEnd(one: Hold | undefined, other: Hold): Hold {
  return one && one.end > other.end ? one : other;
}

function nameOf(shared: boolean): string {
  return shared ? 'shared' : 'exclusive';
}
