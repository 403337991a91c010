import { toInstant } from '@tgstore/core';
import { InvalidArgumentError } from 'commander';

/** A whole number from 0 on, as the value of an option. */
export function toCount(value: string): number {
  if (/^\d{1,9}$/.test(value)) return Number(value);
  throw new InvalidArgumentError('It must be a whole number.');
}

/** A day or a time, as the value of an option; UTC where it names no zone. */
export function toDate(value: string): Date {
  try {
    return new Date(toInstant(value, 'date'));
  } catch {
    throw new InvalidArgumentError('It must be a date: 2024-01-31, or 2024-01-31T12:30Z.');
  }
}
