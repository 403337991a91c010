import { createContext, use } from 'react';
import type { ShownMedia, ShownMessage } from '../../api/index.ts';

/** What a message can ask of the list it stands in; each is absent where the message stands alone. */
export interface MessageActions {
  readonly conversationId?: string | undefined;
  /** Goes to the message that `from` answers. */
  readonly jump?: (id: string, from: string) => void;
  readonly showMenu?: (message: ShownMessage, anchor: HTMLElement) => void;
  readonly showHistory?: (message: ShownMessage) => void;
  readonly showImage?: (media: ShownMedia) => void;
}

export const MessageActionsContext = createContext<MessageActions>({});

export function useMessageActions(): MessageActions {
  return use(MessageActionsContext);
}
