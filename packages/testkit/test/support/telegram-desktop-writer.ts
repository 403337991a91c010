/** JSON text as JavaScript values, keeping what JSON.parse would lose: second keys and digits beyond 2^53. */
export function parse(text: string): Json {
  const kept = text
    .replace(/^( +)"text": (".*"),\n\1"text": /gm, '$1"text#": $2,\n$1"text": ')
    .replace(/^( +"[a-z_]+": )(\d{16,})(?=,?$)/gm, '$1"§$2"');
  return JSON.parse(kept);
}

/** Prints what {@link parse} returned, by the rules of the format description and not by the code under test. */
export function write(value: Json, depth = 0, key = '', parents = ''): string {
  if (typeof value === 'string') return value.startsWith('§') ? value.slice(1) : quote(value);
  if (decimals.has(key)) return Number(value).toFixed(6);
  if (value === null || typeof value !== 'object') return String(value);
  if (key === 'completed' || key === 'incompleted') return `[${value}]`;
  const inPoll = /\/(poll|todo_list|items)\//.test(parents);
  if (Array.isArray(value)) {
    if (key === 'text_entities' && value.length === 0) return '[]';
    const shift = key === 'reactions' ? 1 : inPoll && texts.has(key) ? -1 : 0;
    const at = depth + shift;
    return lines(
      '[]',
      at,
      value.map((item) => write(item, at + 1, '', `${parents}${key}/`)),
    );
  }
  const fields = Object.entries(value).map(([name, item]) => {
    const text = write(item, depth + 1, name, `${parents}${key}/`);
    return `"${name.replace('#', '')}": ${text}`;
  });
  return lines('{}', depth, fields);
}

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const decimals = new Set(['latitude', 'longitude', 'rating']);
const texts = new Set(['question', 'title', 'text']);

function lines(brackets: string, depth: number, items: string[]): string {
  const inner = items.map((item) => `\n${' '.repeat(depth + 1)}${item}`).join(',');
  return `${brackets[0]}${inner}\n${' '.repeat(depth)}${brackets[1]}`;
}

function quote(value: string): string {
  return JSON.stringify(value)
    .replace(/[\u2028\u2029]/g, (separator) => `\\u${separator.charCodeAt(0).toString(16)}`)
    .replace(/(?<!\\)((?:\\\\)*)\\(u00[01][0-9a-f]|[bf])/g, (_all, before, code) => {
      const digits = { b: '08', f: '0C' }[code as 'b'] ?? code.slice(3).toUpperCase();
      return `${before}\\u00${digits}`;
    });
}
