/** What was added to, taken from or changed in the prototypes of the language since the last call. */
export function prototypeChanges(): string[] {
  const changes: string[] = [];
  for (const [name, prototype] of PROTOTYPES) {
    const before = known.get(prototype);
    const now = Object.getOwnPropertyDescriptors(prototype);
    known.set(prototype, now);
    for (const key of before
      ? new Set([...Reflect.ownKeys(before), ...Reflect.ownKeys(now)])
      : []) {
      const [a, b] = [Reflect.get(before ?? {}, key), Reflect.get(now, key)];
      const isSame = a && b && a.value === b.value && a.get === b.get && a.set === b.set;
      if (!isSame) changes.push(`${name}.prototype.${String(key)} was changed`);
    }
  }
  return changes;
}

const PROTOTYPES = [Object, Array, Function, String, Number, Map, Set, Error, Promise].map(
  (type): [string, object] => [type.name, type.prototype],
);
const known = new Map<object, PropertyDescriptorMap>();
prototypeChanges();
