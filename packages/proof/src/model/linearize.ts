import type { Event } from './events.ts';
import { type State, textOf } from './state.ts';

/**
 * Looks for an order of the events, in which none comes before one that had ended when it began, and in which each is possible.
 *
 * @returns the states in which all can end; none where there is no such order
 */
export function linearize(first: State, events: readonly Event[]): State[] {
  const ends = new Map<string, State>();
  const seen = new Set<string>();
  const visit = (state: State, left: readonly Event[]): void => {
    const at = `${left.map((event) => events.indexOf(event)).join()} ${textOf(state)}`;
    if (seen.has(at)) return;
    seen.add(at);
    if (left.length === 0) ends.set(textOf(state), state);
    const firstEnd = Math.min(...left.map(({ ended }) => ended));
    for (const event of left) {
      if (event.begun > firstEnd) continue;
      const next = event.apply(state);
      if (next)
        visit(
          next,
          left.filter((other) => other !== event),
        );
    }
  };
  visit(first, events);
  return [...ends.values()];
}
