/**
 * The values of a key that an object's JSON text has on its top level, in order; `JSON.parse` would keep the last only.
 * The text must be valid JSON, and the key one that needs no escapes.
 */
export function valuesOfKey(json: string, key: string): unknown[] {
  const values: unknown[] = [];
  const quoted = `"${key}"`;
  let depth = 0;
  let at = 0;
  while (at < json.length) {
    const char = json[at];
    if (char === '"') {
      const end = endOfString(json, at);
      const isKey = depth === 1 && json.slice(at, end) === quoted;
      at = afterSpace(json, end);
      if (!isKey || json[at] !== ':') continue;
      const from = afterSpace(json, at + 1);
      at = endOfValue(json, from);
      values.push(JSON.parse(json.slice(from, at)));
      continue;
    }
    if (char === '{' || char === '[') depth += 1;
    else if (char === '}' || char === ']') depth -= 1;
    at += 1;
  }
  return values;
}

function endOfValue(json: string, start: number): number {
  let depth = 0;
  let at = start;
  while (at < json.length) {
    const char = json[at] as string;
    if (char === '"') {
      at = endOfString(json, at);
      if (depth === 0) return at;
      continue;
    }
    if (depth === 0 && (char === ',' || char === '}')) return at;
    if (char === '{' || char === '[') depth += 1;
    else if (char === '}' || char === ']') {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
    at += 1;
  }
  return at;
}

function endOfString(json: string, start: number): number {
  let at = start + 1;
  while (at < json.length && json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return at + 1;
}

function afterSpace(json: string, start: number): number {
  let at = start;
  while (at < json.length && ' \n\r\t'.includes(json[at] as string)) at += 1;
  return at;
}
