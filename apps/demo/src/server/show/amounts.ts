import { counted, digitsOf, joinedText, listOf, numberOf, type Raw, textOf } from './values.ts';

/** `12.50 EUR`: amounts come in the smallest unit of their currency. */
export function money({ amount, currency }: Raw): string | undefined {
  const units = numberOf(amount);
  const code = textOf(currency);
  if (units === undefined) return undefined;
  // the currency of Telegram's stars, and those that have no smaller unit
  if (code === 'XTR') return starsOf(units);
  if (code === undefined || !/^[A-Z]{3}$/.test(code))
    return [units, code].filter(Boolean).join(' ');
  const format = new Intl.NumberFormat('en', { style: 'currency', currency: code });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return `${(units / 10 ** digits).toFixed(digits)} ${code}`;
}

export function starsOf(count: unknown): string {
  return counted(count, 'star') ?? 'stars';
}

export function countedMessages(count: unknown): string {
  return counted(count, 'message') ?? 'messages';
}

export function whole(value: unknown): string {
  return digitsOf(value) ?? 'some';
}

/** `Mira, Ben and a deleted account` */
export function namesOf(members: unknown): string {
  const names = listOf(members).map((name) => joinedText(name) ?? 'a deleted account');
  const last = names.pop();
  if (last === undefined) return 'somebody';
  return names.length === 0 ? last : `${names.join(', ')} and ${last}`;
}
