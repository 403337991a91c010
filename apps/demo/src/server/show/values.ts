// What a message's `raw_data` holds is whatever the exporter wrote: each value is looked at before it is used.

export type Raw = Readonly<Record<string, unknown>>;

export function isRaw(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text that says something. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** A text that may be in parts, as polls and lists have it: `['Are ', { type: 'bold', text: 'you' }]`. */
export function joinedText(value: unknown): string | undefined {
  const parts: unknown[] = Array.isArray(value) ? value : [value];
  return textOf(
    parts
      .map((part) => (isRaw(part) ? part.text : part))
      .filter(isString)
      .join(''),
  );
}

/** A number or a text of digits, as text with all of them. */
export function digitsOf(value: unknown): string | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  return textOf(value);
}

export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

/** `1 month`, `3 months`. */
export function counted(count: unknown, noun: string): string | undefined {
  const number = digitsOf(count);
  return number === undefined ? undefined : `${number} ${noun}${number === '1' ? '' : 's'}`;
}

/** Seconds as people say them: `1 min 5 s`, `2 h`, `1 day`. */
export function spokenDuration(seconds: unknown): string | undefined {
  const total = numberOf(seconds);
  if (total === undefined) return undefined;
  if (total >= 86_400 && total % 86_400 === 0) return counted(total / 86_400, 'day');
  const parts = [
    [Math.floor(total / 3600), 'h'],
    [Math.floor((total % 3600) / 60), 'min'],
    [Math.floor(total % 60), 's'],
  ] as const;
  const spoken = parts
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount} ${unit}`);
  return spoken.length > 0 ? spoken.join(' ') : '0 s';
}
