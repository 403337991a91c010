/** Milliseconds by a clock that all processes of a machine share on Linux (`CLOCK_MONOTONIC`). */
export function sharedNow(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
