/**
 * The local date and time that a computer in Berlin shows at an instant, as `2024-03-31T03:00:00`.
 * Own arithmetic, so that the bytes depend neither on the machine's zone nor on its ICU data.
 */
export function localTime(unixSeconds: number): string {
  const shifted = unixSeconds + (isSummer(unixSeconds) ? 7200 : 3600);
  return new Date(shifted * 1000).toISOString().slice(0, 19);
}

/** The same, as it stands in the names of exported files: `31-03-2024_03-00-00`. */
export function fileTime(unixSeconds: number): string {
  const local = localTime(unixSeconds);
  const day = `${local.slice(8, 10)}-${local.slice(5, 7)}-${local.slice(0, 4)}`;
  return `${day}_${local.slice(11).replaceAll(':', '-')}`;
}

/** Summer time lasts from 01:00 UTC on the last Sunday of March to the same hour in October. */
function isSummer(unixSeconds: number): boolean {
  const year = new Date(unixSeconds * 1000).getUTCFullYear();
  return unixSeconds >= lastSunday(year, 2) && unixSeconds < lastSunday(year, 9);
}

/** 01:00 UTC on the last Sunday of a month that has 31 days. */
function lastSunday(year: number, month: number): number {
  const last = new Date(Date.UTC(year, month, 31, 1));
  return last.getTime() / 1000 - last.getUTCDay() * 86_400;
}
