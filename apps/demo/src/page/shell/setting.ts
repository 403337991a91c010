import { useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();

/** A choice of the reader that this browser remembers. */
export function useSetting<Value extends string>(
  key: string,
  initial: Value,
): readonly [Value, (value: Value) => void] {
  const value = useSyncExternalStore(subscribe, () => read(key) ?? initial) as Value;
  return [value, (next: Value) => write(key, next)];
}

function read(key: string): string | null {
  return localStorage.getItem(`tgstore-${key}`);
}

function write(key: string, value: string): void {
  localStorage.setItem(`tgstore-${key}`, value);
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  addEventListener('storage', listener);
  return () => {
    listeners.delete(listener);
    removeEventListener('storage', listener);
  };
}
