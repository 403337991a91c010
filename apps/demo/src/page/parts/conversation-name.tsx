import { useConversation } from '../client/conversations.ts';
import { Name } from './name.tsx';

/** The name of a conversation of which only the id is at hand. */
export function ConversationName({ id }: { readonly id: string }) {
  return <Name id={id} name={useConversation(id)?.name} />;
}
