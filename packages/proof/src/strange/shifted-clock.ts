// A clock that can be set: of `Date` only, as the clock of a machine; what counts the time since a start goes on.

let shiftMs = 0;
const RealDate = Date;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, own) =>
    Reflect.construct(target, args.length === 0 ? [target.now() + shiftMs] : args, own),
  get: (target, key, own) =>
    key === 'now' ? () => target.now() + shiftMs : Reflect.get(target, key, own),
});

/** Sets the clock so many milliseconds before or after the real one. */
export function shiftClock(milliseconds: number): void {
  shiftMs = milliseconds;
}

export const HOUR = 3_600_000;
export const YEAR = 365 * 24 * HOUR;
