import { InvalidArgumentError } from 'commander';

/** A whole number from 0 on, as the value of an option. */
export function toCount(value: string): number {
  if (/^\d{1,9}$/.test(value)) return Number(value);
  throw new InvalidArgumentError('It must be a whole number.');
}
