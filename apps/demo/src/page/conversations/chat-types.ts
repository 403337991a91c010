import { Bot, CircleHelp, type LucideIcon, Megaphone, User, Users, UsersRound } from 'lucide-react';
import type { ChatType } from '../../api/index.ts';

interface TypeWords {
  readonly label: string;
  readonly many: string;
  readonly icon: LucideIcon;
}

export const chatTypes: Readonly<Record<ChatType, TypeWords>> = {
  private: { label: 'Private chat', many: 'Private chats', icon: User },
  bot: { label: 'Bot', many: 'Bots', icon: Bot },
  group: { label: 'Group', many: 'Groups', icon: Users },
  supergroup: { label: 'Supergroup', many: 'Supergroups', icon: UsersRound },
  channel: { label: 'Channel', many: 'Channels', icon: Megaphone },
};

const unknown: TypeWords = { label: 'Conversation', many: 'Conversations', icon: CircleHelp };

export function wordsOfType(type: ChatType | undefined): TypeWords {
  return (type && chatTypes[type]) ?? unknown;
}
