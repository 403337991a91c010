/** Sets an own key of a plain object, whatever its name: `__proto__` is data here, never a prototype. */
export function setKey<T extends object>(target: T, key: string, value: unknown): T {
  if (key === '__proto__') {
    Object.defineProperty(target, key, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  } else {
    (target as Record<string, unknown>)[key] = value;
  }
  return target;
}
