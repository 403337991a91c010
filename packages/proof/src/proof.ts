/** One way to look for what breaks the promises of docs/guarantees.md. */
export interface Proof {
  /** As in `prove NAME`: `power-cuts`. */
  readonly name: string;
  /** What is done, in a few words. */
  readonly title: string;
  /** The lines of its table, run one after the other. */
  readonly checks: readonly Check[];
}

export interface Check {
  /** What differs from the other checks of its proof: `ext4`. */
  readonly what: string;
  /** Why it cannot run on this machine: `needs root`. */
  readonly unavailable?: () => Promise<string | undefined>;
  readonly run: (options: CheckOptions) => Promise<Outcome>;
}

export interface CheckOptions {
  /** All that is random comes from it. */
  readonly seed: number;
  /** 1 is the long run; 0.01 does a hundredth of it, and at least something. */
  readonly scale: number;
  /** Shows how far it is, in a few words; called as often as it pleases. */
  readonly report: (progress: string) => void;
}

export interface Outcome {
  /** How many of `unit` were tried. */
  readonly tried: number;
  /** `states`, `cuts`, … */
  readonly unit: string;
  /** One line each, with all that is needed to see it again. */
  readonly violations: readonly string[];
  /** Further figures, in a few words: `412 of 2,000 kills fell into a write`. */
  readonly seen?: string | undefined;
}

/** `count` at scale 1, less below, but at least `least`. */
export function scaled(count: number, scale: number, least = 1): number {
  return Math.max(least, Math.round(count * scale));
}
