import { Copy, Hash, History, Link } from 'lucide-react';
import { type KeyboardEvent, useLayoutEffect, useRef } from 'react';
import type { ShownMessage } from '../../api/index.ts';
import { Button } from '../parts/button.tsx';
import { conversationAddress } from '../parts/conversation-address.ts';
import { copyText } from '../parts/copy-text.ts';
import styles from './message-menu.module.css';

export interface MenuPlace {
  readonly message: ShownMessage;
  readonly anchor: HTMLElement;
}

interface MenuProps extends MenuPlace {
  readonly conversationId: string;
  readonly onHistory: (message: ShownMessage) => void;
  readonly onClose: () => void;
}

/** What can be done with a message. A native popover: a click elsewhere or Escape closes it. */
export function MessageMenu({ message, anchor, conversationId, onHistory, onClose }: MenuProps) {
  const menu = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = menu.current;
    if (!element) return;
    element.showPopover();
    place(element, anchor);
    element.querySelector('button')?.focus();
  }, [anchor]);
  const close = () => {
    menu.current?.hidePopover();
    anchor.closest<HTMLElement>('[data-message]')?.focus({ preventScroll: true });
  };
  const copy = (text: string) => void copyText(text).then(close);
  const address = `${conversationAddress(conversationId)}?message=${encodeURIComponent(message.id)}`;
  return (
    <div
      ref={menu}
      popover="auto"
      role="dialog"
      aria-label="Message menu"
      className={styles.menu}
      onKeyDown={moveFocus}
      onToggle={(event) => event.newState === 'closed' && onClose()}
    >
      <Button
        icon={Copy}
        variant="quiet"
        onClick={() => copy(message.text)}
        disabled={!message.text}
      >
        Copy text
      </Button>
      <Button
        icon={Link}
        variant="quiet"
        onClick={() => copy(new URL(address, location.href).href)}
      >
        Copy link
      </Button>
      <Button icon={Hash} variant="quiet" onClick={() => copy(message.id)}>
        Copy id <code>{message.id}</code>
      </Button>
      <Button
        icon={History}
        variant="quiet"
        onClick={() => {
          close();
          onHistory(message);
        }}
      >
        History
      </Button>
    </div>
  );
}

function place(menu: HTMLElement, anchor: HTMLElement): void {
  const { top, bottom, left } = anchor.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  const below = bottom + 4 + height < innerHeight ? bottom + 4 : top - 4 - height;
  menu.style.top = `${Math.max(below, 8)}px`;
  menu.style.left = `${Math.max(Math.min(left, innerWidth - width - 8), 8)}px`;
}

function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1 }[event.key];
  if (step === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>('button:enabled')];
  const at = buttons.indexOf(document.activeElement as HTMLElement);
  buttons.at((at + step) % buttons.length)?.focus();
}
