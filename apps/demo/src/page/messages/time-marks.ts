export interface TimeMark {
  readonly label: string;
  /** From 0, the first date, to 1, the last. */
  readonly at: number;
}

const MAX_MARKS = 12;

const month = new Intl.DateTimeFormat(undefined, { month: 'short' });
const monthOfYear = new Intl.DateTimeFormat(undefined, { month: 'short', year: '2-digit' });

/** Where years begin between two dates; or, where there are few, months. About a dozen at most. */
export function toMarks(first: Date, last: Date): TimeMark[] {
  const span = last.getTime() - first.getTime();
  if (!(span > 0)) return [];
  const years = last.getFullYear() - first.getFullYear();
  const months = years * 12 + last.getMonth() - first.getMonth();
  const step = years >= 3 ? 12 * Math.ceil(years / MAX_MARKS) : Math.ceil(months / MAX_MARKS) || 1;
  const begin = years >= 3 ? 12 - first.getMonth() : 1;
  const marks: TimeMark[] = [];
  for (let ahead = begin; ahead <= months; ahead += step) {
    const date = new Date(first.getFullYear(), first.getMonth() + ahead, 1);
    marks.push({ label: labelOf(date, step), at: (date.getTime() - first.getTime()) / span });
  }
  return marks;
}

function labelOf(date: Date, step: number): string {
  if (step % 12 === 0) return String(date.getFullYear());
  return (date.getMonth() === 0 || step > 2 ? monthOfYear : month).format(date);
}
