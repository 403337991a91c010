import type { Buffer } from 'node:buffer';

/** Where something begins and ends, in bytes. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

/** What stands where in a text of JSON, or in several one after the other; as good as it goes where it is broken. */
export interface JsonPlaces {
  /** Every value, the objects and lists too. */
  readonly values: readonly Place[];
  /** Every key of an object. */
  readonly keys: readonly Place[];
  /** Every `"key":value`. */
  readonly members: readonly Place[];
}

const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null|[{}[\],:]/gsu;

interface Open {
  readonly start: number;
  readonly isObject: boolean;
  key: Place | undefined;
}

const known = new WeakMap<Buffer, JsonPlaces>();

export function placesIn(bytes: Buffer): JsonPlaces {
  const found = known.get(bytes) ?? find(bytes.toString('latin1'));
  known.set(bytes, found);
  return found;
}

function find(text: string): JsonPlaces {
  const [values, keys, members]: [Place[], Place[], Place[]] = [[], [], []];
  const open: Open[] = [];
  const end = (place: Place): void => {
    values.push(place);
    const around = open.at(-1);
    if (around?.key) members.push({ start: around.key.start, end: place.end });
    if (around) around.key = undefined;
  };
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    const place = { start: index, end: index + token.length };
    const around = open.at(-1);
    if (token === '{' || token === '[') {
      open.push({ start: index, isObject: token === '{', key: undefined });
    } else if (token === '}' || token === ']') {
      const closed = open.pop();
      if (closed) end({ start: closed.start, end: place.end });
    } else if (token.startsWith('"') && around?.isObject && !around.key) {
      around.key = place;
      keys.push(place);
    } else if (token !== ',' && token !== ':') {
      end(place);
    }
  }
  return { values, keys, members };
}
