/** What a simulated process asks of the machine; each is a point at which others may go first, or at which it may die. */
export type Call =
  | { readonly name: 'start' }
  | { readonly name: 'list'; readonly path: string }
  // a listing that takes time: names that come or go meanwhile are shown or not
  | { readonly name: 'openListing'; readonly path: string; readonly listing: number }
  | { readonly name: 'readListing'; readonly path: string; readonly listing: number }
  | { readonly name: 'read'; readonly path: string }
  | { readonly name: 'create'; readonly path: string; readonly text: string }
  | { readonly name: 'exists'; readonly path: string }
  | { readonly name: 'rename'; readonly path: string; readonly to: string }
  | { readonly name: 'link'; readonly path: string; readonly to: string }
  | { readonly name: 'unlink'; readonly path: string }
  | { readonly name: 'makeDirectory'; readonly path: string }
  | { readonly name: 'removeDirectory'; readonly path: string }
  | { readonly name: 'makerOf'; readonly path: string }
  | { readonly name: 'sync'; readonly path: string }
  | { readonly name: 'isDead'; readonly pid: number }
  | { readonly name: 'enterGate' }
  | { readonly name: 'leaveGate' }
  | { readonly name: 'pause'; readonly tries: number }
  | { readonly name: 'timer'; readonly ms: number }
  | { readonly name: 'notice'; readonly path: string }
  | Hold;

/** The process holds a lock as long as this is what it does next. */
export interface Hold {
  readonly name: 'hold';
  readonly key: string;
  readonly shared: boolean;
  /** Where the lock is a ticket of the queue. */
  readonly ticket?: string | undefined;
}

/** What comes of a call: a value, or the code of an error of the file system. */
export type Outcome = { readonly value: unknown } | { readonly code: string };

export const DONE: Outcome = { value: undefined };

/** Picks one of `count` things that may happen. */
export type Choose = (count: number) => number;

/** A call and its outcome in one line of a trace. */
export function describeCall(call: Call, outcome: Outcome): string {
  const { name, ...rest } = call;
  const what = Object.entries(rest)
    .filter(([field, value]) => field !== 'text' && value !== undefined)
    .map(([, value]) => ` ${value}`)
    .join('');
  const line = `${name}${what}: ${'code' in outcome ? outcome.code : describeValue(outcome.value)}`;
  return line.replaceAll('locks/v1-00/', '').replaceAll('00000000-', '');
}

function describeValue(value: unknown): string {
  if (Array.isArray(value)) return value.join(' ');
  if (typeof value === 'string') return `${value.length} characters`;
  return value === undefined ? 'ok' : String(value);
}
