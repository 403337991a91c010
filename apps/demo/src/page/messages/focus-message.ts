import type { VirtualizerHandle } from 'virtua';
import { focusWhenShown } from '../parts/focus-when-shown.ts';
import type { MessageRow } from './message-rows.ts';

/** Moves the focus by so many messages; from the last one in sight where none has it. */
export function focusMessage(
  list: VirtualizerHandle,
  scroller: HTMLElement,
  rows: readonly MessageRow[],
  step: number,
): void {
  const active = document.activeElement?.closest<HTMLElement>('[data-message]');
  const id = active?.dataset.message;
  const last = list.findItemIndex(list.scrollOffset + list.viewportSize - 1);
  const from = id === undefined ? last - step : rows.findIndex(({ message }) => message.id === id);
  const index = Math.min(Math.max(from + step, 0), rows.length - 1);
  const row = rows[index];
  if (!row) return;
  list.scrollToIndex(index, { align: 'nearest' });
  const selector = `[data-message="${CSS.escape(row.message.id)}"]`;
  focusWhenShown(() => scroller.querySelector<HTMLElement>(selector));
}
