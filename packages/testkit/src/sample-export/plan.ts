import type { Cast } from './cast.ts';
import {
  ACCOUNT_START,
  accountIds,
  type Chat,
  channelIds,
  createChat,
  EXPORTED_AT,
  type IdRule,
  MIGRATED_OFFSET,
  sparseIds,
} from './chat.ts';
import { botChat } from './chats/bot-chat.ts';
import { channelPosts } from './chats/channel.ts';
import { leftSupergroup } from './chats/left-supergroup.ts';
import { briefChat, deletedAccountChat, personalChat } from './chats/personal-chat.ts';
import { privateGroup } from './chats/private-group.ts';
import { savedMessages } from './chats/saved-messages.ts';
import { formerGroup, supergroup } from './chats/supergroup.ts';
import { field, quote } from './layout.ts';
import type { Peer } from './peers.ts';
import { createRandom, type Random } from './random.ts';
import type { Length, Sizes } from './sizes.ts';

/** A chat that is going to be written. */
export interface PlannedChat {
  readonly list: 'chats' | 'left_chats';
  /** The fields before its messages. */
  readonly heading: readonly string[];
  readonly messages: Iterable<string>;
}

/** All chats of an export. The big ones come last, so that they can fill what is left of a size in bytes. */
export function planChats(random: Random, cast: Cast, sizes: Sizes): PlannedChat[] {
  const { small } = sizes;
  const drafts: Draft[] = [
    privateDraft(cast.friend, small(0.08), (chat) => personalChat(chat, cast.friend)),
    savedDraft(cast.me, small(0.02)),
    privateDraft(cast.russianFriend, small(0.06), (chat) => personalChat(chat, cast.russianFriend)),
    { ...privateDraft(cast.group, small(0.07), privateGroup), type: 'private_group' },
    { ...privateDraft(cast.bot, small(0.02), botChat), type: 'bot_chat' },
    privateDraft(cast.deleted, small(0.01), deletedAccountChat),
    ...cast.acquaintances.map((person, index) => ({
      ...privateDraft(person, small(0.003), (chat) => briefChat(chat, person)),
      // met one after the other
      start: ACCOUNT_START + index * 12_000_000,
    })),
    { ...sharedDraft(cast.supergroup, sizes.supergroup, supergroup), before: small(0.02) },
    { ...sharedDraft(cast.channel, sizes.channel, channelPosts), type: 'public_channel' },
    { ...sharedDraft(cast.emptyChannel, small(0), nothing), type: 'private_channel' },
    {
      ...sharedDraft(cast.leftSupergroup, small(0.005), leftSupergroup),
      list: 'left_chats',
      type: 'public_supergroup',
      ids: sparseIds,
    },
  ];
  return drafts.map((draft, index) => plan(draft, index, drafts.length, random, cast));
}

interface Draft {
  readonly peer: Peer;
  readonly list: 'chats' | 'left_chats';
  readonly type: string;
  /** JSON of the name; saved messages have none. */
  readonly name: string | undefined;
  readonly length: Length;
  readonly write: (chat: Chat) => Iterable<string>;
  readonly start: number;
  /** Only for numbers that do not come from the account's counter. */
  readonly ids?: IdRule;
  /** How long it was a basic group before. */
  readonly before?: Length;
}

function privateDraft(peer: Peer, length: Length, write: Draft['write']): Draft {
  const name = peer.firstName === null ? 'null' : quote(peer.firstName);
  const start = ACCOUNT_START;
  return { peer, list: 'chats', type: 'personal_chat', name, length, write, start };
}

function savedDraft(me: Peer, length: Length): Draft {
  return {
    ...privateDraft(me, length, savedMessages),
    type: 'saved_messages',
    name: undefined,
  };
}

function sharedDraft(peer: Peer, length: Length, write: Draft['write']): Draft {
  return {
    ...privateDraft(peer, length, write),
    type: 'private_supergroup',
    start: MIGRATED_AT,
    ids: channelIds,
  };
}

function plan(
  { peer, list, type, name, length, write, start, ids, before }: Draft,
  index: number,
  total: number,
  random: Random,
  cast: Cast,
): PlannedChat {
  const digits = String(total - 1).length;
  const common = {
    cast,
    folder: `chats/chat_${String(index + 1).padStart(digits, '0')}`,
    files: new Map<string, number>(),
    // reactions and edits come up to a day after a message
    end: EXPORTED_AT - 90_000,
  };
  // a random stream for each chat: the length of one does not change another
  const seeds = [random.next(), random.next()] as const;
  const chat = createChat({
    ...common,
    ...length,
    random: createRandom(seeds[0]),
    start,
    ids: ids ?? accountIds(index + 1),
  });
  const former =
    before &&
    createChat({
      ...common,
      ...before,
      random: createRandom(seeds[1]),
      start: ACCOUNT_START,
      end: MIGRATED_AT,
      ids: accountIds(total + 1, MIGRATED_OFFSET),
    });
  return {
    list,
    heading: [field('name', name), field('type', `"${type}"`), field('id', peer.id)],
    messages: former ? chain(formerGroup(former), write(chat)) : write(chat),
  };
}

function* chain(first: Iterable<string>, second: Iterable<string>): Generator<string> {
  yield* first;
  yield* second;
}

function* nothing(): Generator<string> {}

/** When the basic group became a supergroup: 22 June 2020. */
const MIGRATED_AT = 1_592_830_000;
