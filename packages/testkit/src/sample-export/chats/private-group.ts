import { anyPoll, poll } from '../cards.ts';
import type { Chat } from '../chat.ts';
import { field, textField } from '../layout.ts';
import { photo } from '../media.ts';
import { membersField, message, service } from '../message.ts';
import type { Peer } from '../peers.ts';
import { groupReactions } from '../reactions.ts';
import { smallTalk } from '../small-talk.ts';
import { plain } from '../text-parts.ts';

/** A basic group: who came and went, calls, polls, and small talk. */
export function* privateGroup(chat: Chat): Generator<string> {
  const { me, members, deleted, group } = chat.cast;
  const [host, guest] = members as [Peer, Peer];
  yield service(chat.next(), host, 'create_group', [
    textField('title', 'Moving'),
    membersField([host, me, guest, deleted]),
  ]);
  yield service(chat.next(), host, 'edit_group_title', [textField('title', group.name ?? '')]);
  const newPhoto = chat.next();
  yield service(newPhoto, host, 'edit_group_photo', photo(chat, newPhoto.at, 'path'));
  yield service(chat.next(), me, 'invite_members', [membersField(members.slice(2, 5))]);
  yield service(chat.next(), members[5], 'join_group_by_link', [field('inviter', 'null')]);
  yield service(chat.next(), members[6], 'join_group_by_link', [field('inviter', host.nameJson)]);
  yield service(chat.next(), host, 'remove_members', [membersField([deleted])]);
  yield* calls(chat, host);
  yield* polls(chat, host);
  const rules = chat.next();
  yield message(rules, { from: host, text: plain('Boxes go to the second floor.\nBooks last!') });
  yield service(chat.next(), me, 'pin_message', [field('message_id', rules.id)]);
  yield service(chat.next(), host, 'delete_group_photo');
  yield* smallTalk(chat, {
    speakers: [...members.slice(0, 7), me],
    replies: 0.15,
    media: 0.12,
    forwards: 0.03,
    formatting: 0.06,
    reactions: 0.1,
    react: groupReactions,
  });
}

function* calls(chat: Chat, host: Peer): Generator<string> {
  const scheduled = chat.next();
  yield service(scheduled, host, 'group_call_scheduled', [
    field('schedule_date', scheduled.at + 86_400),
  ]);
  yield service(chat.next(), host, 'group_call');
  yield service(chat.next(), host, 'invite_to_group_call', [
    membersField(chat.cast.members.slice(1, 3)),
  ]);
  yield service(chat.next(), host, 'group_call', [field('duration', 1830)]);
}

function* polls(chat: Chat, host: Peer): Generator<string> {
  const answers = ['Saturday', 'Sunday 🌞', 'never'].map(plain);
  yield message(chat.next(), {
    from: host,
    media: [poll(chat.random, plain('Which day suits you?'), answers)],
  });
  yield message(chat.next(), { from: host, media: [anyPoll(chat.random, host.language)] });
}
