import { useEffect, useEffectEvent } from 'react';

interface Hotkey {
  /** As `/`, `Escape`, or two in a row: `g c`. */
  readonly keys: string;
  readonly run: HotkeyAction;
}

/** `false` leaves the keys to the one that has them too. */
export type HotkeyAction = (event: KeyboardEvent) => unknown;

/** How long the second key may take. */
const SEQUENCE_MS = 1500;

const hotkeys: Hotkey[] = [];
let prefix = { key: '', at: 0 };

/**
 * Runs `run` at these keys, while the component is there. Not while somebody types (but for Escape), nor behind a dialog or menu. Of two
 * with the same keys, the one that came last runs.
 */
export function useHotkey(keys: string, run: HotkeyAction): void {
  const latest = useEffectEvent(run);
  useEffect(() => {
    const hotkey = { keys, run: (event: KeyboardEvent) => latest(event) };
    if (hotkeys.length === 0) document.addEventListener('keydown', onKeyDown);
    hotkeys.push(hotkey);
    return () => {
      hotkeys.splice(hotkeys.indexOf(hotkey), 1);
      if (hotkeys.length === 0) document.removeEventListener('keydown', onKeyDown);
    };
  }, [keys]);
}

function onKeyDown(event: KeyboardEvent): void {
  const { key } = event;
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector('dialog[open], :popover-open')) return;
  if (isTyping(event.target) && key !== 'Escape') return;
  const sequence = event.timeStamp - prefix.at < SEQUENCE_MS ? `${prefix.key} ${key}` : key;
  prefix = { key: '', at: 0 };
  if (runs(sequence, event) || (sequence !== key && runs(key, event))) {
    event.preventDefault();
  } else if (hotkeys.some(({ keys }) => keys.startsWith(`${key} `))) {
    prefix = { key, at: event.timeStamp };
  }
}

function runs(keys: string, event: KeyboardEvent): boolean {
  return hotkeys.toReversed().some((hotkey) => hotkey.keys === keys && hotkey.run(event) !== false);
}

function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  if (target instanceof HTMLInputElement)
    return !['checkbox', 'radio', 'range'].includes(target.type);
  return target instanceof HTMLElement && target.isContentEditable;
}
