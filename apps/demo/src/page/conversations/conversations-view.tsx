import { MessagesSquare } from 'lucide-react';
import { useRoute } from 'wouter';
import { MessagesView } from '../messages/messages-view.tsx';
import { classNames } from '../parts/class-names.ts';
import { EmptyState } from '../parts/notices.tsx';
import { ConversationList } from './conversation-list.tsx';
import styles from './conversations-view.module.css';

/** The list, and beside it (on a phone: over it) the messages of the one that is open. */
export function ConversationsView() {
  const [isOpen, params] = useRoute('/c/:id');
  const id = isOpen ? params.id : undefined;
  return (
    <div className={classNames(styles.view, id !== undefined && styles.open)}>
      {id === undefined && <title>Chats · tgstore</title>}
      <div className={styles.list}>
        <ConversationList openId={id} />
      </div>
      <div className={styles.messages}>
        {id === undefined ? (
          <EmptyState icon={MessagesSquare} title="Choose a chat to read">
            <kbd>j</kbd> and <kbd>k</kbd> move in the list, <kbd>Enter</kbd> opens, <kbd>?</kbd>{' '}
            tells the rest.
          </EmptyState>
        ) : (
          <MessagesView key={id} id={id} />
        )}
      </div>
    </div>
  );
}
