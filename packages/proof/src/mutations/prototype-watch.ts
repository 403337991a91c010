/** Sees keys that a file has put where every object has them. */
export class PrototypeWatch {
  readonly #before = new Map(WATCHED.map((prototype) => [prototype, keysOf(prototype)]));

  /** Takes them away again, and says which; `undefined` where there is none. */
  polluted(): string | undefined {
    for (const [prototype, before] of this.#before) {
      if (Reflect.ownKeys(prototype).length === before.size) continue;
      const added = [...keysOf(prototype)].filter((key) => !before.has(key));
      for (const key of added) Reflect.deleteProperty(prototype, key);
      return `a prototype was polluted with ${added.map(String).join(', ')}`;
    }
    return undefined;
  }
}

const WATCHED: readonly object[] = [
  ...[Object, Array, String, Number, Map, Function, Promise, Error].map(
    ({ prototype }) => prototype as object,
  ),
  Object,
];

function keysOf(value: object): ReadonlySet<PropertyKey> {
  return new Set(Reflect.ownKeys(value));
}
